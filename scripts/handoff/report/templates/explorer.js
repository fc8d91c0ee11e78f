// Filters and sorts all cases. Its part of the address: `find`, `sort` (column, negative when descending), `group` (a
// link from elsewhere on the page), and case.NAME for each key of the case names.

const AT_ONCE = 200; // rows that are drawn before somebody asks for more

const isFiltered = () => [...state.keys()].some((name) => ["find", "sort", "group"].includes(name) || name.startsWith("case."));

const startExplorer = () => {
  const form = /** @type {HTMLFormElement} */ (byId("filters"));
  const body = /** @type {HTMLTableElement} */ (byId("table")).tBodies[0];
  const heads = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#table th")]);
  const dimensions = [...form.querySelectorAll("select")].map((select) => select.name);
  let room = AT_ONCE;
  /** @type {{columns: string[], exported: any[][], shown: any[][]} | null} */
  let data = null;
  /** @type {any[]} */
  let rows = [];
  /** @type {any[]} */
  let found = [];

  /** @type {Promise<void> | null} */
  let loading = null;
  // Read when the table is first opened: of many cases it is most of the page.
  const load = () => (loading ||= read());
  const read = async () => {
    data = await unpacked("data");
    const { columns, exported, shown } = /** @type {any} */ (data);
    const [cases, labels, regimes, ns, medians, multiples, cpus, outcomes] =
      ["case", "label", "regime", "n", "median", "multiple", "cpu_ns", "outcome"].map((name) => exported[columns.indexOf(name)] || []);
    const [texts, intervals, percentiles, bars, times, cpuTexts, againsts, notes, controls] = shown;
    rows = cases.map((/** @type {string} */ name, /** @type {number} */ at) => {
      const [workload, , ...keys] = name.split("/");
      return { index: at, workload, keys, group: [workload, ...keys].join("/"), regime: regimes[at] || "none",
        cells: [workload, labels[at], keys.join(" "), regimes[at] || "–", ns[at], medians[at], null, multiples[at], cpus[at], outcomes[at] || "", notes[at]],
        shown: { text: texts[at], interval: intervals[at], percentile: percentiles[at], bar: bars[at], times: times[at], cpuText: cpuTexts[at], against: againsts[at], control: controls[at] } };
    });
  };
  // What words are looked for in, made when the first one is.
  const wordsOf = (/** @type {any} */ row) => (row.words ||= [...row.cells, row.shown.text, row.shown.against].join(" ").toLowerCase());

  const visible = (/** @type {any} */ row) => {
    const group = state.get("group");
    if (group && row.group !== group) return false;
    for (const name of dimensions) {
      const wanted = state.get(`case.${name}`);
      const is = name === "workload" ? row.workload : name === "regime" ? row.regime : valueOf(row.keys, name);
      if (wanted && is !== wanted) return false;
    }
    return (state.get("find") || "").toLowerCase().split(/\s+/).filter(Boolean).every((word) => wordsOf(row).includes(word));
  };
  const valueOf = (/** @type {string[]} */ keys, /** @type {string} */ name) => (keys.find((key) => key.startsWith(`${name}:`)) || "").slice(name.length + 1);

  const compare = (/** @type {number} */ column, /** @type {number} */ sign) => (/** @type {any} */ a, /** @type {any} */ b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (heads[column].dataset.sort !== "number") return sign * String(x).localeCompare(String(y), "en", { numeric: true });
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  };

  const drawn = (/** @type {any} */ row) => {
    const { text, interval, percentile, bar, times, cpuText, against, control } = row.shown;
    const [workload, label, , regime, n, , , , , outcome, notes] = row.cells;
    const number = (/** @type {(Node | string)[]} */ ...inside) => element("td", { class: "num" }, ...inside);
    const keys = element("td", { class: "keys" });
    for (const key of row.keys) keys.append(element("span", {}, key), " ");
    const track = element("td");
    if (bar) track.append(element("span", { class: "bar" }, element("i", { style: `left:${bar[0]}%;width:${bar[1]}%` }), element("b", { style: `left:${bar[2]}%` })));
    const median = number(element("b", {}, text), ...(percentile ? [element("small", {}, percentile)] : []), ...(interval ? [element("small", {}, interval)] : []));
    return element("tr", control ? { class: "control" } : {}, element("td", {}, workload), element("td", {}, element("code", {}, label)), keys,
      element("td", {}, regime), number(String(n)), median, track, number(times), number(cpuText), element("td", {}, outcome, element("small", {}, against)), element("td", { class: "notes" }, notes));
  };

  const chosen = () => {
    const sort = parseInt(state.get("sort") || "0", 10);
    const column = Math.abs(sort) - 1;
    const sortable = sort && heads[column] && heads[column].dataset.sort;
    heads.forEach((head, index) => {
      if (!head.dataset.sort) return;
      head.setAttribute("aria-sort", sortable && index === column ? (sort > 0 ? "ascending" : "descending") : "none");
    });
    const wanted = rows.filter(visible);
    return sortable ? wanted.sort(compare(column, Math.sign(sort))) : wanted;
  };

  const show = async () => {
    const fold = byId("table").closest("details");
    if (!isFiltered() && !(fold && fold.open)) return;
    await load();
    found = chosen();
    body.replaceChildren(...found.slice(0, room).map(drawn));
    for (const name of dimensions) /** @type {any} */ (form.elements.namedItem(name)).value = state.get(`case.${name}`) || "";
    /** @type {any} */ (form.elements.namedItem("find")).value = state.get("find") || "";
    const group = state.get("group");
    byId("shown").textContent = `${found.length} of ${rows.length} rows${group ? ` in ${group}` : ""}`;
    offerMore();
  };
  // So many more at a time: a browser takes a second for some thousands.
  const offerMore = () => {
    byId("more-rows").hidden = found.length <= room;
    byId("more-rows").textContent = `${Math.min(AT_ONCE, found.length - room)} more of ${found.length - room}`;
  };

  form.addEventListener("input", (event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    room = AT_ONCE;
    setState({ [name === "find" ? name : `case.${name}`]: value });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    setState(Object.fromEntries(["find", "sort", "group", ...dimensions.map((name) => `case.${name}`)].map((name) => [name, ""])));
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
  byId("more-rows").addEventListener("click", () => {
    body.append(...found.slice(room, room + AT_ONCE).map(drawn));
    room += AT_ONCE;
    offerMore();
  });
  byId("export").addEventListener("click", async () => {
    await load();
    const { columns, exported } = /** @type {any} */ (data);
    const quote = (/** @type {any} */ value) => `"${String(value ?? "").replaceAll('"', '""')}"`;
    const lines = [columns, ...chosen().map((row) => exported.map((/** @type {any[]} */ of) => of[row.index]))];
    const blob = new Blob([lines.map((line) => line.map(quote).join(",")).join("\r\n")], { type: "text/csv" });
    const link = /** @type {HTMLAnchorElement} */ (element("a", { href: URL.createObjectURL(blob), download: "handoff.csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  /** @type {any} */ (byId("table").closest("details")).addEventListener("toggle", show);
  shows.push(show);
};
