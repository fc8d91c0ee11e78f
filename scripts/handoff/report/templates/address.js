// Where the address leads: to a place of the page, or to what is picked, filtered and sorted.

/** @param {boolean} first */
const readHash = async (first) => {
  const hash = location.hash.slice(1);
  const place = placeOf(hash);
  if (place) {
    unfold(place.querySelector("details") || place);
    (place.closest("details.figure") || place).scrollIntoView();
    if (!first) return;
  } else {
    state = new URLSearchParams(hash);
  }
  const shown = Promise.all(shows.map((show) => show()));
  if (!place && isFiltered()) {
    unfold(byId("table"));
    byId("explore").scrollIntoView();
  } else if (!first && !place) {
    byId("pick").scrollIntoView();
  }
  await shown;
};
addEventListener("hashchange", () => readHash(false));
