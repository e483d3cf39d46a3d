// Fetches the parts of a page that are not to hold up the rest: elements with data-part, which hold a link to the part.
for (const place of document.querySelectorAll("[data-part]")) {
  fetch(place.dataset.part)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
    .then((part) => { place.innerHTML = part; })
    .catch(() => {}) // the link stays
    .finally(() => place.removeAttribute("aria-busy"));
}
