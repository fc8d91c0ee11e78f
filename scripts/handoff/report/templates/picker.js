// The picker looks up what was decided when the page was made: who lacks nothing of what is asked, which setting is
// nearest to it, and the ranked list that stands there for these queues.

const FAR = ["producers", "consumers", "wait", "item", "bound", "rate"];
const PART_NAMES = { bound: "capacity" };
const FIRST_LINES = 10;
/** @type {Record<string, string>} */
const OPTION_WORDS = { either: "bounded or not", unbounded: "unbounded", blocking: "blocking will do", lock_free: "no stalled thread stops another",
  fifo: "FIFO", per_producer: "FIFO per producer", any: "any order", move_only: "move-only" };

/** @param {HTMLSelectElement} select @param {[string, string][]} options value and text of each */
const fill = (select, options) =>
  select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));

/** @param {any} data */
const startPicker = (data) => {
  const form = /** @type {HTMLFormElement} */ (byId("picker"));
  const parts = Object.keys(data.values);
  const bits = data.queues.map((/** @type {any} */ _, /** @type {number} */ at) => 1n << BigInt(at));
  let showAll = false;
  /** @type {Record<string, any>} */
  const elements = {};
  for (const select of form.querySelectorAll("select")) elements[select.name] = select;

  const asked = () => {
    /** @type {Record<string, string>} */
    const found = {};
    for (const part of ["goal", ...parts]) {
      const value = state.get(part);
      const valid = part === "goal" ? isGoal(value) : data.values[part].includes(value);
      found[part] = valid ? String(value) : data.usual[part];
    }
    return found;
  };
  /** @param {string | null} goal */
  const isGoal = (goal) => goal !== null && (goal in data.goals || otherOf(goal) !== undefined);
  /** @param {string} goal */
  const otherOf = (goal) => data.others.find((/** @type {any} */ one) => goal === one.id);

  /**
   * What each queue is instead of what is asked, by its place.
   * @param {Record<string, string>} question
   */
  const lacking = (question) => {
    /** @type {Map<number, string>} */
    const found = new Map();
    for (const part of ["producers", "consumers", "order", "bound", "progress", "item", "wait"]) {
      let value = question[part];
      if (part === "order" && question.producers === "1") value = data.lacks.order_of_one[value] || value;
      for (const [at, word] of Object.entries(data.lacks[part][value])) if (!found.has(Number(at))) found.set(Number(at), String(word));
    }
    return found;
  };

  /** @param {any} told one for all values, or one for each @param {string} part @param {string} value */
  const valueOf = (told, part, value) => (Array.isArray(told) ? told[data.values[part].indexOf(value)] : told);

  /** The nearest setting that has any of these queues; rather one that has them all. */
  const nearest = (/** @type {any} */ goal, /** @type {Record<string, string>} */ question, /** @type {bigint} */ able) => {
    const count = ones(able);
    let best = null;
    let least = Infinity;
    goal.settings.forEach((/** @type {any} */ setting, /** @type {number} */ at) => {
      const held = BigInt("0x" + setting.measured) & able;
      if (!held) return;
      let far = 0;
      FAR.forEach((part, axis) => (far += valueOf(setting.far[axis], part, question[part])));
      far += data.missing * (1 - ones(held) / count);
      if (far < least) [best, least] = [{ at, setting, held }, far];
    });
    return /** @type {{at: number, setting: any, held: bigint} | null} */ (best);
  };

  /** @param {bigint} mask */
  const ones = (mask) => bits.filter((/** @type {bigint} */ bit) => mask & bit).length;

  /** @param {Record<string, string>} question */
  const words = (question) => {
    const { producers, consumers, item } = question;
    const bound = question.bound === "either" ? "" : question.bound === "unbounded" ? ", unbounded" : `, bounded at ${question.bound}`;
    const order = OPTION_WORDS[question.order];
    return `${producers} producer${producers === "1" ? "" : "s"}, ${consumers} consumer${consumers === "1" ? "" : "s"}, ` +
      `${item === "move_only" ? "move-only" : `${item}-byte`} items, ${order}${bound}` +
      `${question.progress === "lock_free" ? ", no stalled thread stops another" : ""}, wait ${question.wait}`;
  };

  /** @param {Record<string, string>} question */
  const aim = (question) => {
    const rate = question.rate.endsWith("%") ? `${question.rate} of what the queue takes` : `${question.rate}/s`;
    return data.goals[question.goal].aim.replace("a rate", rate);
  };

  /**
   * As choose.py takes it.
   * @param {Record<string, string>} question
   */
  const command = (question) => {
    const { bound } = question;
    const told = ["--goal", question.goal, "--producers", question.producers, "--consumers", question.consumers];
    told.push("--item", question.item, "--order", question.order);
    if (bound === "unbounded") told.push("--unbounded");
    else if (bound !== "either") told.push("--bounded", bound);
    if (question.progress === "lock_free") told.push("--lock-free");
    if (question.goal === "p99") told.push("--rate", question.rate);
    return `scripts/choose.py ${[...told, "--wait", question.wait].join(" ")}`;
  };

  /** @param {number[]} line @param {[number, number]} span @param {string} mine */
  const row = (line, span, mine) => {
    const [name, figure, ratio, outcome] = line;
    const [text, median, low, high, n, regime] = data.figures[figure];
    const queue = data.queues[name];
    const word = data.texts[outcome];
    const bar = element("td", { class: "span" });
    if (median !== undefined && median > 0) {
      const place = (/** @type {number} */ value) => (100 * Math.log(value / span[0])) / (Math.log(span[1] / span[0]) || 1);
      const track = element("span", { class: "bar", title: `${text}; median of ${n} trials, 95% interval, regime ${regime}` });
      track.append(element("i", { style: `left:${place(low)}%;width:${place(high) - place(low)}%` }), element("b", { style: `left:${place(median)}%` }));
      bar.append(track);
    }
    const verdict = element("td", { class: word === "best" ? "best" : word.startsWith("equivalent") ? "equivalent" : word === "not known" ? "unknown" : "" }, word);
    const promises = element("td", { class: "promises" });
    for (const one of queue ? queue.promises.split(", ") : []) promises.append(element("span", { class: "promise" }, one));
    const proven = element("td", queue ? { title: queue.proofs } : {});
    if (queue) proven.append(element("a", { href: "#proofs" }, queue.proven));
    return element("tr", data.names[name] === mine ? { class: "mine" } : {}, element("td", {}, element("code", {}, data.names[name])), bar,
      element("td", { class: "num", title: n === undefined ? "" : `median of ${n} trials, regime ${regime}` }, text), element("td", { class: "num" }, data.texts[ratio]), verdict, promises, proven);
  };

  /** @param {number[][]} lines @param {string} mine */
  const showLines = (lines, mine) => {
    const known = lines.map((line) => data.figures[line[1]]).filter((one) => one.length > 1 && one[2] > 0);
    /** @type {[number, number]} */
    const span = [Math.min(...known.map((one) => one[2])), Math.max(...known.map((one) => one[3]))];
    const kept = lines.filter((line, at) => showAll || at < FIRST_LINES || data.names[line[0]] === mine);
    byId("ranked").tBodies[0].replaceChildren(...kept.map((line) => row(line, span, mine)));
    byId("ranked").hidden = !lines.length;
    byId("all-lines").hidden = lines.length <= FIRST_LINES;
    byId("all-lines").textContent = showAll ? `only the first ${FIRST_LINES}` : `all ${lines.length}`;
  };

  /** @param {string} conclusion @param {(Node | string)[]} said @param {(Node | string)[]} near @param {string} leftOut */
  const say = (conclusion, said, near, leftOut) => {
    byId("conclusion").replaceChildren(element("b", {}, conclusion));
    byId("said").replaceChildren(...said);
    byId("nearest").hidden = !near.length;
    byId("nearest").replaceChildren(...near);
    byId("left-out").textContent = leftOut;
  };

  /** @param {string} text @returns {(Node | string)[]} a command, and a button that copies it */
  const copyable = (text) => [element("code", { class: "command" }, text), " ", copyButton(text)];

  /** @param {string} group */
  const evidence = (group) => element("a", { href: `#group=${group}` }, group);

  /** @param {Map<number, string>} lacks @param {string[]} missing */
  const leftOut = (lacks, missing) => {
    /** @type {Record<string, string[]>} */
    const by = {};
    for (const [at, word] of lacks) (by[word] ||= []).push(data.queues[at].name);
    const told = Object.entries(by).map(([word, names]) => `${word} (${names.join(", ")})`);
    return [...missing, ...(told.length ? [`Not for this job: ${told.join("; ")}.`] : [])].join(" ");
  };

  /**
   * Which single promise less would help.
   * @param {Record<string, string>} question
   */
  const helps = (question) => {
    const relaxed = [["order", question.order === "fifo" && question.producers !== "1" ? "per_producer" : "any", "with another order"],
      ["bound", "either", "bounded or not"], ["progress", "blocking", "if a stalled thread could stop it"], ["wait", "pause", "if it could spin"]];
    const found = relaxed.map(([part, value, said]) => [said, data.queues.length - lacking({ ...question, [part]: value }).size]);
    return found.filter(([, count]) => count).map(([said, count]) => `${said} there would be ${count}`).join(", ") || "no single promise less would help";
  };

  /** @param {Record<string, string>} question @param {string} mine */
  const showQuestion = (question, mine) => {
    const goal = data.goals[question.goal];
    const lacks = lacking(question);
    const able = bits.reduce((/** @type {bigint} */ sum, /** @type {bigint} */ bit, /** @type {number} */ at) => (lacks.has(at) ? sum : sum | bit), 0n);
    const found = able ? nearest(goal, question, able) : null;
    if (!able) {
      showLines([], mine);
      say("no queue promises all of this", [`${words(question)}: ${helps(question)}.`], [], leftOut(lacks, []));
      return;
    }
    if (!found) {
      showLines([], mine);
      say("not in this run", [`${words(question)}: none of the queues that would do was measured.`], ["This measures it: ", ...copyable(command(question))], leftOut(lacks, []));
      return;
    }
    const { at, setting, held } = found;
    const answer = goal.answers[`${at}|${held.toString(16)}`];
    const differs = FAR.map((part, axis) => [part, valueOf(setting.told[axis], part, question[part])]).filter(([, told]) => told);
    const told = differs.map(([part, is]) => `${PART_NAMES[/** @type {"bound"} */ (part)] || part} ${is} (asked: ${question[part]})`).join(", ");
    const near = differs.length ? [element("b", {}, "Not the setting asked for, but the nearest one measured"), `: ${told}. This measures it: `, ...copyable(command(question))] : [];
    const ranked = new Set(answer.lines.map((/** @type {number[]} */ line) => line[0]));
    const tried = BigInt("0x" + setting.tried);
    /** @type {Record<string, string[]>} */
    const missing = {};
    data.queues.forEach((/** @type {any} */ queue, /** @type {number} */ index) => {
      if (lacks.has(index) || ranked.has(index)) return;
      const why = data.withheld[queue.name] || (tried & bits[index] ? "no trial of it ended well" : "not measured in this setting");
      (missing[why] ||= []).push(queue.name);
    });
    byId("statistic").textContent = goal.figure;
    showLines(answer.lines, mine);
    const crowded = setting.crowded ? ", more threads than CPUs, so that this says as much of the scheduler" : "";
    const ofMine = mine && lacks.has(data.names.indexOf(mine)) ? ` ${mine} is not for this job: ${lacks.get(data.names.indexOf(mine))}.` : "";
    say(answer.conclusion, [`${aim(question)}: ${words(question)}. From `, evidence(setting.group), `${crowded}.${ofMine}`], near,
      leftOut(lacks, Object.entries(missing).map(([why, names]) => `${why}: ${names.join(", ")}.`)));
  };

  /** @param {any} other @param {string} mine */
  const showOther = (other, mine) => {
    const setting = other.settings.find((/** @type {any} */ one) => one.title === state.get("setting")) || other.settings[0];
    byId("statistic").textContent = setting.figure;
    showLines(setting.lines, mine);
    say(setting.conclusion, [`${setting.title}. From `, evidence(setting.group), setting.crowded ? ", more threads than CPUs." : "."], [], "");
  };

  const show = () => {
    const question = asked();
    const other = otherOf(question.goal);
    elements.goal.value = question.goal;
    for (const part of parts) {
      elements[part].value = question[part];
      elements[part].parentElement.hidden = other !== undefined || (part === "rate" && question.goal !== "p99");
    }
    elements.setting.parentElement.hidden = other === undefined;
    if (other) {
      fill(elements.setting, other.settings.map((/** @type {any} */ one) => [one.title, one.title]));
      if (state.get("setting")) elements.setting.value = state.get("setting");
    }
    const mine = state.get("mine") || "";
    elements.mine.value = mine;
    other ? showOther(other, mine) : showQuestion(question, mine);
    followGoal(question.goal);
  };

  fill(elements.goal, [...Object.entries(data.goals).map(([name, goal]) => /** @type {[string, string]} */ ([name, `${name.replace("_", " ")}: ${/** @type {any} */ (goal).aim}`])),
    ...data.others.map((/** @type {any} */ one) => [one.id, one.title])]);
  for (const part of parts) fill(elements[part], data.values[part].map((/** @type {string} */ value) => [value, OPTION_WORDS[value] || (part === "bound" ? `bounded at ${value}` : value)]));
  fill(elements.mine, [["", "–"], ...data.names.map((/** @type {string} */ name) => [name, name])]);
  form.addEventListener("change", (event) => {
    const { name, value } = /** @type {HTMLSelectElement} */ (event.target);
    setState({ [name]: value === data.usual[name] ? "" : value });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    setState(Object.fromEntries(["goal", "setting", "mine", ...parts].map((part) => [part, ""])));
  });
  /** @type {any} */ (form.querySelector("[data-copy]")).addEventListener("click", (/** @type {any} */ event) => copy(location.href, event.currentTarget));
  byId("all-lines").addEventListener("click", () => {
    showAll = !showAll;
    show();
  });
  shows.push(show);
};
