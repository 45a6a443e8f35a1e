// All data of the page are elements already. This script moves the focus, and shows and hides; it makes no markup.
"use strict";

(() => {
  // What the reader chose outlives a replacement of what the page shows.
  const chosen = { details: null, filter: "" };
  let listening = new AbortController();

  function setUp() {
    listening.abort();
    listening = new AbortController();
    const all = (selector) => [...document.querySelectorAll(selector)];
    const shapes = all(".shape");
    const arrows = all(".arrow");
    const rows = all("tr[data-shape]");
    const details = all(".panel article");
    const hint = document.getElementById("hint");
    const filter = document.getElementById("filter");
    const found = document.getElementById("found");
    let opener = null;

    const numbers = (text) => text.split(" ").filter(Boolean).map(Number);

    function choose(shape) {
      for (const each of shapes) each.setAttribute("tabindex", each === shape ? "0" : "-1");
      shape.focus();
    }

    function show(number) {
      chosen.details = number < 0 ? null : details[number].dataset.name;
      hint.hidden = number >= 0;
      details.forEach((each, place) => { each.hidden = place !== number; });
      shapes.forEach((each, place) => each.setAttribute("aria-expanded", String(place === number)));
    }

    function open(number, from) {
      opener = from;
      show(number);
      details[number].focus();
    }

    function close() {
      if (opener === null) return;
      const from = opener;
      opener = null;
      show(-1);
      if (from.classList.contains("shape")) choose(from);
      else from.focus();
    }

    function besides(shape, step) {
      const column = shapes.filter((each) => each.dataset.column === shape.dataset.column);
      return column[column.indexOf(shape) + step];
    }

    const moves = {
      ArrowRight: (shape) => shapes[numbers(shape.dataset.next)[0]],
      ArrowLeft: (shape) => shapes[numbers(shape.dataset.previous)[0]],
      ArrowUp: (shape) => besides(shape, -1),
      ArrowDown: (shape) => besides(shape, 1),
      Home: () => shapes[0],
      End: () => shapes[shapes.length - 1],
    };

    function light(shape) {
      for (const arrow of arrows) {
        const near = shape !== null && [arrow.dataset.source, arrow.dataset.target].includes(shape.dataset.shape);
        arrow.classList.toggle("near", near);
        arrow.classList.toggle("far", shape !== null && !near);
      }
    }

    function search() {
      chosen.filter = filter.value;
      const wanted = filter.value.trim().toLowerCase();
      const fits = (element) => element.dataset.name.toLowerCase().includes(wanted);
      for (const shape of shapes) shape.classList.toggle("other", !fits(shape));
      for (const row of rows) row.hidden = !fits(row);
      const count = rows.filter(fits).length;
      found.textContent = wanted ? `${count} of ${rows.length} nodes` : "";
    }

    shapes.forEach((shape, number) => {
      shape.addEventListener("click", () => open(number, shape));
      shape.addEventListener("focus", () => light(shape));
      shape.addEventListener("blur", () => light(null));
      shape.addEventListener("mouseenter", () => light(shape));
      shape.addEventListener("mouseleave", () => light(null));
      shape.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const move = moves[event.key];
        if (move) {
          const next = move(shape);
          if (next) choose(next);
        } else if (event.key === "Enter" || event.key === " ") {
          open(number, shape);
        } else {
          return;
        }
        event.preventDefault();
      });
    });

    for (const button of all("button[data-shape]")) {
      const inPanel = button.closest(".panel") !== null;
      const number = Number(button.dataset.shape);
      button.addEventListener("click", () => open(number, inPanel ? shapes[number] : button));
    }

    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.target !== filter) close();
    }, { signal: listening.signal });

    filter.addEventListener("input", search);
    filter.addEventListener("keydown", (event) => {
      const first = shapes.find((each) => !each.classList.contains("other"));
      if (event.key === "Enter" && first) choose(first);
    });

    const again = details.findIndex((each) => each.dataset.name === chosen.details);
    show(again);
    if (again >= 0) opener = shapes[again];
    if (chosen.filter) {
      filter.value = chosen.filter;
      search();
    }
  }

  document.addEventListener("replaced", setUp);
  setUp();
})();
