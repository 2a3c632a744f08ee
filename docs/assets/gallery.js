// The gallery's buttons: show the programs that have all that is pressed, and sort
// the table of times. What is chosen stands in the address: #show=thread,wait-lock&sort=-seconds
// Without this script everything is listed, in the order of the chapters.
{
  function start(gallery) {
    const all = (selector) => [...gallery.querySelectorAll(selector)];
    const one = (selector) => gallery.querySelector(selector);
    const buttons = all(".gallery-filter button");
    const body = one(".gallery-table tbody");
    const rows = [...body.rows];
    const programs = all(".exhibit").map((card, number) => ({
      parts: [card, rows[number]],
      tags: new Set(card.dataset.tags.split(" ")),
    }));
    const heads = all(".gallery-table thead th");
    const status = one("[role=status]");
    const reset = one(".gallery-all");
    let pressed = new Set();
    let sorted = "";

    const has = (program, tags) => tags.every((tag) => program.tags.has(tag));

    function show() {
      const tags = [...pressed];
      const shown = programs.filter((program) => has(program, tags));
      for (const program of programs)
        for (const part of program.parts) part.hidden = !shown.includes(program);
      for (const chapter of all(".gallery-chapter"))
        chapter.hidden = !chapter.querySelector(".exhibit:not([hidden])");
      for (const button of buttons) {
        const on = pressed.has(button.value);
        const left = shown.filter((program) => program.tags.has(button.value)).length;
        button.setAttribute("aria-pressed", on);
        button.classList.toggle("is-vain", !left && !on);
        button.querySelector("span").textContent = left;
      }
      one(".gallery-none").hidden = one(".gallery-times").hidden = true;
      one(shown.length ? ".gallery-times" : ".gallery-none").hidden = false;
      one(".gallery-key").hidden = !shown.length;
      reset.hidden = !tags.length;
      const programsSaid = `${programs.length} program${programs.length === 1 ? "" : "s"}`;
      status.textContent = tags.length ? `${shown.length} of ${programsSaid}` : programsSaid;
    }

    // `sorted`: a column, with "-" before it from the greatest down; "": by chapter.
    function sort() {
      const column = heads.findIndex((head) => head.dataset.column === sorted.replace("-", ""));
      const sign = sorted.startsWith("-") ? -1 : 1;
      const value = (row) => {
        const cell = row.cells[column];
        return column ? Number(cell.dataset.value ?? NaN) : cell.textContent.trim();
      };
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        if (typeof x === "string") return sign * x.localeCompare(y);
        // What was not measured comes last either way.
        return Number.isNaN(x) - Number.isNaN(y) || sign * (x - y) || 0;
      };
      body.append(...(column < 0 ? rows : [...rows].sort(order)));
      heads.forEach((head, number) => {
        if (number !== column) head.removeAttribute("aria-sort");
        else head.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      });
    }

    function read() {
      const given = new URLSearchParams(location.hash.slice(1));
      const known = new Set(buttons.map((button) => button.value));
      pressed = new Set((given.get("show") ?? "").split(",").filter((tag) => known.has(tag)));
      const column = given.get("sort") ?? "";
      sorted = heads.some((head) => head.dataset.column === column.replace(/^-/, "")) ? column : "";
      const names = one(".gallery-names");
      if (names && names.querySelector(selectorOf([...pressed]))) names.open = true;
      show();
      sort();
    }

    const selectorOf = (tags) =>
      tags.map((tag) => `[value="${CSS.escape(tag)}"]`).join() || ":not(*)";

    function write() {
      const parts = [];
      if (pressed.size) parts.push(`show=${[...pressed].join()}`);
      if (sorted) parts.push(`sort=${sorted}`);
      const hash = parts.length ? `#${parts.join("&")}` : location.pathname + location.search;
      history.replaceState(history.state, "", hash);
    }

    gallery.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      const head = button.closest("th");
      if (head) {
        // Numbers from the greatest down first, names from A; then the other way; then as it was.
        const { column } = head.dataset;
        const order = column === "title" ? [column, `-${column}`, ""] : [`-${column}`, column, ""];
        sorted = order[(order.indexOf(sorted) + 1) % 3];
        sort();
      } else {
        if (button === reset) {
          pressed.clear();
          buttons[0].focus();
        } else if (!pressed.delete(button.value)) pressed.add(button.value);
        show();
      }
      write();
    });

    for (const head of heads) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        textContent: head.textContent,
      });
      head.replaceChildren(button);
    }
    gallery.readHash = read;
    read();
  }

  function startAll() {
    for (const gallery of document.querySelectorAll(".gallery:not([data-ready])")) {
      gallery.dataset.ready = "";
      start(gallery);
    }
  }

  // A link to a part of this page is no choice: the filter stays as it is.
  addEventListener("hashchange", () => {
    if (/^#?(show|sort)=|^$/.test(location.hash))
      document.querySelector(".gallery[data-ready]")?.readHash?.();
  });

  // Material's instant navigation replaces the page and tells so.
  if (window.document$) window.document$.subscribe(startAll);
  else startAll();
}
