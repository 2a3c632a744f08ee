// What a title says, shown where the pointer rests or the focus comes to. The theme can show
// titles, too, but makes each of the hundred on a page ready when it opens; here one part
// serves them all, when it is wanted.
{
  const DELAY = 250; // milliseconds that it stays when the pointer has gone
  const GAP = 8; // pixels between both
  const TITLED = "[title]:not(iframe, link, style)";
  const tip = document.createElement("div");
  tip.id = "title-said";
  tip.className = "md-tooltip2"; // drawn as the theme draws it
  tip.setAttribute("role", "tooltip");
  const text = tip.appendChild(document.createElement("div"));
  text.className = "md-tooltip2__inner md-typeset";

  let host;
  let title;
  let leaving;

  /** What has the title that holds for `target`: the nearest, or that which is shown. */
  function hostOf(target) {
    const nearest = target.closest(TITLED);
    const shown = host && host.contains(target) ? host : null;
    return nearest && shown ? (nearest.contains(shown) ? shown : nearest) : nearest || shown;
  }

  function place() {
    if (!host) return;
    const box = host.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = text;
    const above = box.bottom + GAP + height > innerHeight;
    const at = {
      "host-x": box.x + scrollX,
      "host-y": box.y + scrollY,
      x: box.width / 2,
      y: above ? -GAP - height : box.height + GAP,
      width,
      tail: 0,
    };
    for (const name in at) tip.style.setProperty(`--md-tooltip-${name}`, `${at[name]}px`);
  }

  function show(next) {
    clearTimeout(leaving);
    if (next === host) return;
    hide();
    host = next;
    title = next.getAttribute("title");
    next.removeAttribute("title"); // else the browser shows it as well
    next.setAttribute("aria-describedby", tip.id);
    text.textContent = title;
    document.body.append(tip);
    place();
    tip.classList.add("md-tooltip2--active");
  }

  function hide() {
    clearTimeout(leaving);
    if (!host) return;
    host.setAttribute("title", title);
    host.removeAttribute("aria-describedby");
    host = undefined;
    tip.classList.remove("md-tooltip2--active");
  }

  function look({ target }) {
    const next = target.closest ? hostOf(target) : null;
    if (next) show(next);
    else leave();
  }

  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(hide, DELAY);
  }

  document.addEventListener("mouseover", look);
  document.addEventListener("focusin", look);
  document.addEventListener("focusout", leave);
  document.documentElement.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", place, { capture: true, passive: true });
}
