// Figures of what is picked are open; a place that is led to is unfolded.

/** @param {string} goal */
const followGoal = (goal) => {
  const figures = [...document.querySelectorAll("details.figure")];
  const fitting = figures.filter((one) => (/** @type {HTMLElement} */ (one).dataset.goals || "").split(" ").includes(goal.split(" ").pop() || ""));
  if (followGoal.last === goal || !fitting.length) return;
  followGoal.last = goal;
  for (const one of figures) /** @type {HTMLDetailsElement} */ (one).open = one === fitting[0];
};
followGoal.last = "";

const startFolds = () => {
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.('a[href^="#"]');
    // A link to where the address is already leads there again.
    if (link && link.getAttribute("href") === location.hash) readHash(false);
  });
};
