// A panel in motion: marks the lane and moment of a line, and replays the run.
// Without this script all of a panel is there to read; it only adds.
{
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const icons = {
    play: "M4 2.5v11l9-5.5z",
    pause: "M4 2.5h3v11H4zm5 0h3v11H9z",
    step: "M3 2.5v11l7.5-5.5zM11 2.5h2v11h-2z",
  };
  const icon = (name) =>
    `<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="${icons[name]}"/></svg>`;

  const said = (seconds, until) =>
    until < 0.2
      ? `${(seconds * 1000).toFixed(until < 0.02 ? 1 : 0)} ms`
      : `${seconds.toFixed(until < 20 ? 2 : 1)} s`;

  /** An element with properties, put into `parent`. */
  const add = (parent, tag, properties) =>
    parent.appendChild(Object.assign(document.createElement(tag), properties));

  function start(stage) {
    const until = Number(stage.dataset.until);
    const all = (selector) => [...stage.querySelectorAll(selector)];
    const lines = all(".line");
    const events = all("[data-at]");
    const bar = stage.querySelector(".snippet-replay");
    const plots = all(".snippet-plot").map((plot) => ({
      edge: Number(plot.dataset.edge),
      moment: add(plot, "div", { className: "moment", hidden: true }),
      head: add(plot, "div", { className: "playhead", hidden: true }),
    }));
    const atOf = (line) => Number(line.dataset.at);

    // Marks: a line with its lane and moment, a lane with its lines.

    function mark(worker, marked, at) {
      stage.classList.toggle("has-mark", worker !== undefined);
      for (const part of all(".lane, .name"))
        part.classList.toggle("is-marked", part.dataset.worker === worker);
      for (const line of lines) line.classList.toggle("is-marked", marked.includes(line));
      for (const { moment, edge } of plots) {
        moment.hidden = at === undefined;
        moment.style.setProperty("--x", `${(100 * at) / edge}%`);
      }
    }

    function point(target) {
      if (!lists[0].length) return;
      const dot = target.closest("[data-line]");
      const line = dot ? lines[dot.dataset.line] : target.closest(".line");
      const lane = target.closest(".lane, .name");
      if (line) mark(line.dataset.worker || null, [line], atOf(line));
      else if (lane && lane.dataset.worker) {
        const worker = lane.dataset.worker;
        mark(worker, lines.filter((one) => one.dataset.worker === worker));
      } else mark(undefined, []);
    }

    stage.addEventListener("pointerover", (event) => point(event.target));
    stage.addEventListener("pointerleave", () => point(stage));
    stage.addEventListener("focusin", (event) => point(event.target));
    stage.addEventListener("focusout", () => point(stage));

    // One stop of the Tab key for each list; the arrows go on from there.
    const lists = [all(".name[data-worker]"), lines];
    for (const list of lists)
      list.forEach((item, number) => item.setAttribute("tabindex", number ? -1 : 0));

    function move(from, by) {
      const list = lists.find((items) => items.includes(from));
      const next = list && list[list.indexOf(from) + by];
      if (!next) return false;
      from.tabIndex = -1;
      next.tabIndex = 0;
      reveal(next);
      next.focus();
      return true;
    }

    const reveal = (line) => {
      const fold = line.closest("details");
      if (fold) fold.open = true;
    };

    // Replay: `now` is the moment shown; at the end all is as without a replay.

    if (!bar) return;
    const slow = 10 ** Math.ceil(Math.log10(0.5 / until));
    const speeds = slow > 1 ? [1 / slow, 1, 2] : [1, 2, 0.5];
    let now = until;
    let playing = false;
    let before;

    const buttons = add(bar, "div", { className: "snippet-buttons" });
    const play = add(buttons, "button", { type: "button", className: "play" });
    const step = add(buttons, "button", { type: "button", innerHTML: icon("step"), title: lines.length ? "Next line" : "Next end" });
    step.setAttribute("aria-label", lines.length ? "Step to the next line" : "Step to the next end");
    step.hidden = !events.length;
    const speed = add(buttons, "button", { type: "button", className: "speed", title: "Speed" });
    const scrub = add(bar, "input", { type: "range", min: 0, max: until, step: until / 200 });
    scrub.setAttribute("aria-label", "Moment of the run");
    scrub.style.setProperty("--part", until / (plots[0] ? plots[0].edge : until));

    function turn(on) {
      playing = on;
      before = undefined;
      play.innerHTML = `${icon(on ? "pause" : "play")}<span>${on ? "Pause" : "Replay"}</span>`;
      if (on) requestAnimationFrame(tick);
    }

    function hurry(rate) {
      speed.value = rate;
      const name = rate === 0.5 ? "½" : rate < 1 ? `1/${Math.round(1 / rate)}` : rate;
      speed.innerHTML = `${name}×<span class="unseen"> speed</span>`;
    }

    function show(at) {
      now = Math.min(Math.max(at, 0), until);
      const done = now >= until;
      // Who asked for less motion sees the playhead jump from line to line.
      const seen = calm.matches && playing && !done
        ? Math.max(0, ...events.map(atOf).filter((one) => one <= now))
        : now;
      stage.classList.toggle("is-replaying", !done);
      for (const { head, edge } of plots) {
        head.hidden = done;
        head.style.setProperty("--x", `${(100 * seen) / edge}%`);
        head.dataset.said = said(seen, until);
      }
      for (const line of events) {
        const coming = !done && atOf(line) > now;
        if (!coming && line.classList.contains("is-coming") && !done) reveal(line);
        // What is hidden cannot keep the focus.
        if (coming && line === document.activeElement) play.focus();
        line.classList.toggle("is-coming", coming);
      }
      scrub.value = seen;
      scrub.setAttribute("aria-valuetext", said(seen, until));
    }

    function tick(time) {
      if (!playing || !stage.isConnected) return;
      show(now + (before === undefined ? 0 : ((time - before) / 1000) * speed.value));
      before = time;
      if (now >= until) turn(false);
      else requestAnimationFrame(tick);
    }

    function toggle() {
      if (!playing && now >= until) show(0);
      turn(!playing);
    }

    /** To the next line (by = 1) or the one before (-1); past the last to the end. */
    function go(by) {
      turn(false);
      const from = now >= until && by > 0 ? -1 : now;
      const times = events.map(atOf).sort((a, b) => a - b);
      const next = by > 0
        ? times.find((at) => at > from + 1e-6)
        : times.findLast((at) => at < from - 1e-6);
      show(next ?? (by > 0 ? until : 0));
      const line = lines.findLast((one) => atOf(one) === next);
      if (line) {
        reveal(line);
        point(line);
      } else point(stage);
    }

    play.addEventListener("click", toggle);
    step.addEventListener("click", () => go(1));
    speed.addEventListener("click", () =>
      hurry(speeds[(speeds.indexOf(Number(speed.value)) + 1) % speeds.length]));
    scrub.addEventListener("input", () => {
      turn(false);
      show(Number(scrub.value));
    });

    stage.addEventListener("keydown", (event) => {
      const { key, target } = event;
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const presses = target.matches("button, summary, a");
      const scrubs = target === scrub;
      if (key === " " && !presses) toggle();
      else if (key === "ArrowRight" && !scrubs) go(1);
      else if (key === "ArrowLeft" && !scrubs) go(-1);
      else if (key === "Home" && !scrubs) turn(false), show(0);
      else if (key === "End" && !scrubs) turn(false), show(until);
      else if (key === "ArrowDown" && move(target, 1)) ;
      else if (key === "ArrowUp" && move(target, -1)) ;
      else return;
      event.preventDefault();
    });

    hurry(speeds[0]);
    turn(false);
    show(until);
  }

  // Names that Material leaves out, without which its parts sound alike.
  function name() {
    document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
    const all = document.querySelectorAll("nav.md-code__nav");
    all.forEach((buttons, at) => buttons.setAttribute("aria-label", `Code: block ${at + 1}`));
  }

  // Code that is wider than its room can be scrolled with the keys. Told of when it is laid out.
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
  });

  function startAll() {
    const content = document.querySelector(".md-content");
    if (content) new MutationObserver(name).observe(content, { childList: true, subtree: true });
    name();
    for (const code of document.querySelectorAll(".snippet .highlight code")) sized.observe(code);
    for (const stage of document.querySelectorAll(".snippet-stage:not([data-ready])")) {
      stage.dataset.ready = "";
      start(stage);
    }
  }

  // Material's instant navigation replaces the page and tells so.
  if (window.document$) window.document$.subscribe(startAll);
  else startAll();
}
