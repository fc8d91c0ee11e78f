// A against B: unpacks what report/duels.py has packed. The verdict is the one that stands there.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const RATIO_STEP = 1e-4;
const RATIO_MIDDLE = 64 ** 3 / 2;
const NO_END = 64 ** 3 - 1;

/**
 * Three digits, as statistics/measures.py has them.
 * @param {number} value
 */
const shortNumber = (value) => {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  return rounded.toFixed(Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))), 3));
};
/** @param {number} value */
const times = (value) => (!Number.isFinite(value) ? "any" : value >= 999.5 ? `${shortNumber(value / 1e3)}k×` : `${shortNumber(value)}×`);

/** @param {any} data @param {any} run */
const startDuel = (data, run) => {
  const form = /** @type {HTMLFormElement} */ (byId("pair"));
  const { a, b } = /** @type {any} */ (form.elements);
  const turned = { faster: "slower", slower: "faster" };

  /** @param {string} text @param {number} from @param {number} places */
  const number = (text, from, places) => {
    let value = 0;
    for (let at = from; at < from + places; at++) value = value * 64 + DIGITS.indexOf(text[at]);
    return value;
  };
  /** @param {string} text @param {number} from @param {boolean} turn */
  const ratio = (text, from, turn) => {
    const middle = number(text, from, 3);
    const reach = number(text, from + 3, 3);
    if (!middle) return null;
    const sign = turn ? -1 : 1;
    const at = sign * (middle - RATIO_MIDDLE) * RATIO_STEP;
    const wide = reach === NO_END ? Infinity : reach * RATIO_STEP;
    return { ratio: Math.exp(at), low: Math.exp(at - wide), high: Math.exp(at + wide), n: number(text, from + 6, 2) };
  };
  /** @param {any} setting @param {number} one @param {number} other */
  const verdict = (setting, one, other) => {
    const [i, j] = [setting.members.indexOf(one), setting.members.indexOf(other)];
    if (i < 0 || j < 0) return null;
    const [low, high] = [Math.min(i, j), Math.max(i, j)];
    const k = setting.members.length;
    const length = 9 + 9 * setting.regimes.length;
    const from = (low * (2 * k - low - 1)) / 2 + (high - low - 1);
    const pairs = (k * (k - 1)) / 2;
    const text = Array.from({ length }, (_, at) => setting.pairs[at * pairs + from]).join("");
    const turn = i > j;
    const word = (/** @type {number} */ at) => {
      const said = data.words[number(text, at, 1)];
      return turn ? turned[/** @type {"faster"} */ (said)] || said : said;
    };
    return {
      word: word(0),
      all: ratio(text, 1, turn),
      regimes: setting.regimes.map((/** @type {string} */ name, /** @type {number} */ at) => ({ name, told: ratio(text, 9 + 9 * at, turn), shows: word(9 + 9 * at + 8) })),
    };
  };
  /** @param {any} told */
  const between = (told) => (told ? `${times(told.ratio)} (${times(told.low)} – ${times(told.high)})` : "no regime in common");

  /** @param {string} one @param {string} other @param {any} setting @param {any} found */
  const sentence = (one, other, setting, found) =>
    `${one} against ${other} in ${setting.group}: ${found.word}; ratio of costs ${between(found.all)} with its 95% interval, ` +
    `n = ${found.all ? found.all.n : 0} trials. handoff run ${run.id}, ${run.machine}${run.citable ? "" : ", NOT CITABLE"}.`;

  const show = () => {
    const names = data.names;
    const first = data.first;
    const one = names.includes(state.get("a")) ? String(state.get("a")) : first[0];
    const other = names.includes(state.get("b")) ? String(state.get("b")) : first[1];
    a.value = one;
    b.value = other;
    const rows = [];
    for (const setting of data.settings) {
      const found = verdict(setting, names.indexOf(one), names.indexOf(other));
      if (!found) continue;
      const regimes = found.regimes.filter((/** @type {any} */ regime) => regime.told && regime.told.n);
      const by = element("td", {});
      for (const regime of regimes.length > 1 ? regimes : []) by.append(element("small", {}, `${regime.name}: ${between(regime.told)}, ${regime.shows}, n = ${regime.told.n}`));
      rows.push(element("tr", {}, element("td", {}, element("a", { href: `#group=${setting.group}` }, setting.group), setting.crowded ? element("small", {}, "more threads than CPUs") : ""),
        element("td", { class: found.word === "not known" ? "unknown" : "" }, element("b", {}, found.word)), element("td", {}, between(found.all), element("small", {}, `n = ${found.all ? found.all.n : 0}${regimes.length === 1 ? `, regime ${regimes[0].name} alone` : ""}`)), by,
        element("td", {}, copyButton(sentence(one, other, setting, found)))));
    }
    const head = element("tr", {}, ...["Setting", `${one} is`, "Cost of A over B", "By regime", "Sentence"].map((text) => element("th", { scope: "col" }, text)));
    const table = element("table", { class: "duel" }, element("thead", {}, head), element("tbody", {}, ...rows));
    byId("duel-answer").replaceChildren(one === other ? element("p", {}, "Pick two.") : rows.length ? element("div", { class: "wide" }, table) : element("p", {}, "No setting has both."));
  };
  fill(a, data.names.map((/** @type {string} */ name) => [name, name]));
  fill(b, data.names.map((/** @type {string} */ name) => [name, name]));
  form.addEventListener("change", () => setState({ a: a.value, b: b.value }));
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("swap").addEventListener("click", () => setState({ a: b.value, b: a.value }));
  shows.push(show);
};
