// Shows what is new as soon as the server says that there is something. The page comes as a document whose parts take the
// place of those that are shown; this script makes no markup.
"use strict";

(() => {
  // Between two replacements, so that a page can be read, and heard by those who do not see it.
  const PAUSE = 5000;
  const updates = document.getElementById("updates");
  const follow = document.getElementById("follow");
  const shown = () => document.querySelector("main").dataset.version;
  const headline = () => document.getElementById("headline").textContent;
  const unfolded = () => [...document.querySelectorAll("main details")];
  const say = (text) => { if (updates.textContent !== text) updates.textContent = text; };
  let newest = shown();
  let waiting = null;
  let earliest = 0;
  const wanted = () => follow.checked && newest !== shown() && document.activeElement.id !== "filter";

  // Where the focus is, in words that hold in the next version too.
  function place(element) {
    const named = [...document.querySelectorAll(`main ${element.tagName}`)];
    const alike = named.filter((each) => each.dataset.name === element.dataset.name && each.id === element.id);
    return { tag: element.tagName, name: element.dataset.name, id: element.id, number: alike.indexOf(element) };
  }

  function find({ tag, name, id, number }) {
    const named = [...document.querySelectorAll(`main ${tag}`)];
    const alike = named.filter((each) => each.dataset.name === name && (name !== undefined || each.id === id));
    return alike[Math.min(number, alike.length - 1)] ?? null;
  }

  function replace(page) {
    const focused = document.activeElement.closest("main") ? place(document.activeElement) : null;
    const picture = document.querySelector(".picture");
    const scrolled = [picture.scrollLeft, picture.scrollTop];
    const opened = unfolded().map((each) => each.open);
    const said = headline();
    for (const part of ["header", "main"]) {
      document.querySelector(part).replaceWith(document.importNode(page.querySelector(part), true));
    }
    document.dispatchEvent(new Event("replaced"));
    document.querySelector(".picture").scrollTo(...scrolled);
    unfolded().forEach((each, number) => { each.open = opened[number] ?? false; });
    const again = focused && find(focused);
    if (again) {
      if (again.classList.contains("shape")) {
        for (const each of document.querySelectorAll(".shape")) each.setAttribute("tabindex", each === again ? "0" : "-1");
      }
      again.focus({ preventScroll: true });
    }
    if (headline() !== said) say(headline());
  }

  function fetchPage() {
    waiting = null;
    if (!wanted()) return;
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = () => {
      earliest = Date.now() + PAUSE;
      if (request.status === 200 && request.response && wanted()) replace(request.response);
      ask();
    };
    request.onerror = () => { earliest = Date.now() + PAUSE; };
    request.send();
  }

  function ask() {
    if (waiting === null && newest !== shown()) {
      waiting = setTimeout(fetchPage, Math.max(0, earliest - Date.now()));
    }
  }

  const source = new EventSource("events");
  source.addEventListener("open", () => say("What is new is shown by itself."));
  source.addEventListener("verdict", (event) => {
    newest = event.lastEventId;
    ask();
  });
  source.addEventListener("error", () => say(
    source.readyState === EventSource.CLOSED
      ? "The server tells nothing new to this page. Reload it to see what is new."
      : "The server does not answer; what is shown may be old. It is asked again and again.",
  ));

  follow.disabled = false;
  follow.checked = true;
  follow.addEventListener("change", () => {
    say(follow.checked ? "What is new is shown by itself." : "Nothing new is shown until you say so.");
    ask();
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "filter") ask(); });
})();
