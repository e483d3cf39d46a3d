// Parts of a page that are not to hold up the rest are fetched: elements with data-part, which hold a link to the part.
for (const place of document.querySelectorAll("[data-part]")) {
  fetch(place.dataset.part)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
    .then((part) => { place.innerHTML = part; })
    .catch(() => {}) // the link stays
    .finally(() => place.removeAttribute("aria-busy"));
}

// Filters are folded where the screen is narrow, as the page has them where no script runs.
if (matchMedia("(min-width: 577px)").matches) {
  for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
}

// Keys: j and k go from one article or edit to the next, / to the search, ? says so. Whoever is writing writes letters.
const keys = document.getElementById("keys");
const stops = "main :is(.card :is(h2, h3), .step > h2, .entry h3, .event > p:first-child) > a:first-of-type";

function go(by) {
  const places = [...document.querySelectorAll(stops)].filter((place) => place.checkVisibility());
  const here = places.indexOf(document.activeElement);
  const next = places[here < 0 ? (by > 0 ? 0 : places.length - 1) : here + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

const deeds = {
  j: () => go(1),
  k: () => go(-1),
  "/": () => document.querySelector("main input[type=search], .quick input[type=search]")?.focus(),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest?.("input, select, textarea");
  const deed = deeds[event.key];
  if (!deed || isWriting || keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  deed();
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}
