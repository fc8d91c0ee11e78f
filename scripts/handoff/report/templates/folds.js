// Figures of what is picked are open; a place that is led to is unfolded.

/** @param {string} goal */
const followGoal = (goal) => {
  const figures = [...document.querySelectorAll("details.figure")];
  const fitting = figures.filter((one) => (/** @type {HTMLElement} */ (one).dataset.goals || "").split(" ").includes(goal));
  if (followGoal.last === goal || !fitting.length) return;
  followGoal.last = goal;
  for (const one of figures) /** @type {HTMLDetailsElement} */ (one).open = one === fitting[0];
};
followGoal.last = "";

/** What is wider than its room can be scrolled by the keyboard, and has a name. */
const reachWide = () => {
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".wide"))) {
    const wider = one.scrollWidth > one.clientWidth + 1;
    const name = one.closest("section")?.querySelector("h2")?.textContent || "table";
    for (const [attribute, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", name]])
      wider ? one.setAttribute(attribute, value) : one.removeAttribute(attribute);
  }
};

const startFolds = () => {
  reachWide();
  document.addEventListener("toggle", reachWide, true);
  addEventListener("resize", reachWide);
  const tip = element("div", { id: "tip", role: "tooltip", hidden: "" });
  document.body.append(tip);
  /**
   * Shows what a mark of a figure says, beside it.
   * @param {Event} event
   */
  const showTip = (event) => {
    const mark = /** @type {Element} */ (event.target).closest?.(".tip");
    tip.hidden = !mark;
    if (!mark) return;
    const place = mark.getBoundingClientRect();
    tip.textContent = mark.querySelector("title")?.textContent || "";
    tip.style.left = `${Math.max(8, Math.min(place.right + 10, innerWidth - 340)) + scrollX}px`;
    tip.style.top = `${place.bottom + 6 + scrollY}px`;
  };
  addEventListener("mouseover", showTip);
  addEventListener("focusin", showTip);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip.hidden = true;
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.('a[href^="#"]');
    // A link to where the address is already leads there again.
    if (link && link.getAttribute("href") === location.hash) readHash(false);
  });
};
