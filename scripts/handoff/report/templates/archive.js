// The runs of an archive: filtered, sorted, and two of them beside each other. Nothing is decided here; what is said of
// two runs was said when their comparison was made. All that is picked is in the address.

/** @typedef {{titles: string[], runs: string[], headlines: ([string, string] | null)[][], comparisons: Record<string, [string, string]>}} Told */

const FILTERS = ["find", "machine", "profile", "from", "to", "state", "situation"];

const readAddress = () => {
  const place = placeOf(location.hash.slice(1));
  if (place) return unfold(place);
  state = new URLSearchParams(location.hash.slice(1));
  for (const show of shows) show();
};
addEventListener("hashchange", readAddress);

/**
 * Words as they are typed, and a choice, which some browsers only tell as a change.
 * @param {HTMLFormElement} form
 */
const keepsItsFields = (form) => {
  for (const kind of ["input", "change"])
    form.addEventListener(kind, (event) => {
      const { name, value } = /** @type {HTMLInputElement} */ (event.target);
      setState({ [name]: value });
    });
};

/**
 * What a run says of a situation.
 * @param {[string, string] | null} headline @returns {(Node | string)[]}
 */
const headlineOf = (headline) => (headline ? [headline[0], element("small", {}, headline[1])] : [element("span", { class: "muted" }, "not in this run")]);

/** @param {Told} told */
const startRuns = (told) => {
  const form = /** @type {HTMLFormElement} */ (byId("filters"));
  const body = /** @type {HTMLTableElement} */ (byId("table")).tBodies[0];
  const heads = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#table th")]);
  const rows = /** @type {HTMLTableRowElement[]} */ ([...body.rows].filter((row) => row.dataset.run));
  const words = new Map(rows.map((row) => [row, `${row.textContent} ${row.id}`.toLowerCase()]));

  const visible = (/** @type {HTMLTableRowElement} */ row) => {
    const { machine, profile, day, state: kind } = row.dataset;
    const is = (/** @type {string} */ name, /** @type {string | undefined} */ value) => !state.get(name) || state.get(name) === value;
    const [from, to] = [state.get("from") || "", state.get("to") || "9999"];
    const found = (state.get("find") || "").toLowerCase().split(/\s+/).filter(Boolean);
    return is("machine", machine) && is("profile", profile) && is("state", kind) && from <= String(day) && String(day) <= to && found.every((word) => (words.get(row) || "").includes(word));
  };

  const sorted = () => {
    const sort = parseInt(state.get("sort") || "0", 10);
    const column = Math.abs(sort) - 1;
    const sortable = heads[column] && heads[column].dataset.sort;
    heads.forEach((head, index) => {
      if (head.dataset.sort) head.setAttribute("aria-sort", sortable && index === column ? (sort > 0 ? "ascending" : "descending") : "none");
    });
    if (!sortable) return rows;
    const value = (/** @type {HTMLTableRowElement} */ row) => row.cells[column].dataset.value || row.cells[column].textContent || "";
    return [...rows].sort((a, b) => Math.sign(sort) * value(a).localeCompare(value(b), "en", { numeric: true }));
  };

  const show = () => {
    for (const name of FILTERS) /** @type {any} */ (form.elements.namedItem(name)).value = state.get(name) || "";
    const at = Math.max(0, told.titles.indexOf(state.get("situation") || ""));
    byId("situation").textContent = told.titles[at] || "Best";
    let count = 0;
    for (const row of sorted()) {
      row.hidden = !visible(row);
      count += Number(!row.hidden);
      /** @type {HTMLElement} */ (row.querySelector(".headline")).replaceChildren(...headlineOf(told.headlines[Number(row.dataset.run)][at] || null));
      body.append(row);
    }
    byId("shown").textContent = `${count} of ${rows.length} runs`;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#headlines tr[data-machine]")))
      row.hidden = Boolean(state.get("machine")) && row.dataset.machine !== state.get("machine");
    for (const one of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(".situation"))) if (state.get("situation")) one.open = one.dataset.title === told.titles[at];
  };

  keepsItsFields(form);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    setState(Object.fromEntries([...FILTERS, "sort"].map((name) => [name, ""])));
  });
  heads.forEach((head, index) => {
    if (!head.dataset.sort) return;
    const button = element("button", { type: "button" }, head.textContent || "");
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const current = parseInt(state.get("sort") || "0", 10);
      setState({ sort: String(current === index + 1 ? -current : index + 1) });
    });
  });
  shows.push(show);
};

/** @param {Told} told */
const startPair = (told) => {
  const form = /** @type {HTMLFormElement} */ (byId("pair"));

  /**
   * The comparison, whichever of the two is its A; or the command that makes it.
   * @param {string} a @param {string} b @returns {HTMLElement}
   */
  const comparison = (a, b) => {
    for (const [one, other] of [[a, b], [b, a]]) {
      const found = told.comparisons[`${one}_${other}`];
      if (found) return element("p", { class: "answer" }, `From ${one} to ${other}: `, element("a", { href: found[0] }, found[1]));
    }
    const command = `scripts/archive.py compare ${a} ${b} --in DIR`;
    return element("p", { class: "said" }, "These two were not compared yet. ", element("code", { class: "command" }, command), " ", copyButton(command));
  };

  /**
   * What each of them says by itself.
   * @param {number} one @param {number} other @returns {HTMLElement}
   */
  const sides = (one, other) => {
    const body = element("tbody");
    told.titles.forEach((title, at) => {
      const [left, right] = [told.headlines[one][at], told.headlines[other][at]];
      if (left || right)
        body.append(element("tr", {}, element("th", { scope: "row" }, title), element("td", { "data-name": "A" }, ...headlineOf(left)), element("td", { "data-name": "B" }, ...headlineOf(right))));
    });
    const head = element("tr", {}, ...["Best in", "by A alone", "by B alone"].map((name) => element("th", { scope: "col" }, name)));
    return element("div", { class: "wide" }, element("table", { class: "sides" }, element("thead", {}, head), body));
  };

  const show = () => {
    const [a, b] = ["a", "b"].map((name) => state.get(name) || "");
    for (const [name, value] of [["a", a], ["b", b]]) /** @type {any} */ (form.elements.namedItem(name)).value = value;
    const [one, other] = [a, b].map((id) => told.runs.indexOf(id));
    const answer = byId("pair-answer");
    if (one < 0 || other < 0) answer.replaceChildren();
    else if (one === other) answer.replaceChildren(element("p", { class: "said" }, "These are the same run."));
    else answer.replaceChildren(comparison(a, b), sides(one, other));
  };

  keepsItsFields(form);
  shows.push(show);
};
