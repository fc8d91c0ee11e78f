// What is picked, filtered and sorted is in the address: name=value pairs behind the #. A # with the name of a place of
// the page only leads there, and changes nothing that is picked.

/** @type {URLSearchParams} */
let state = new URLSearchParams();
/** @type {(() => void | Promise<void>)[]} */
const shows = [];

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/**
 * What the page carries as JSON, packed by gzip: as plain text it would be most of the page.
 * @param {string} id @returns {Promise<any>}
 */
const unpacked = async (id) => {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (letter) => letter.charCodeAt(0));
  const { DecompressionStream } = /** @type {any} */ (window); // newer than the checker's list of what browsers have
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(text).json();
};

/**
 * An element with its attributes and what is in it; texts stay texts.
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} inside
 * @returns {HTMLElement}
 */
const element = (tag, attributes = {}, ...inside) => {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  one.append(...inside);
  return one;
};

/** @param {Record<string, string>} changes an empty value forgets */
const setState = (changes) => {
  for (const [name, value] of Object.entries(changes)) value ? state.set(name, value) : state.delete(name);
  history.replaceState(null, "", "#" + state.toString());
  for (const show of shows) show();
};

/** @param {string} hash @returns {HTMLElement | null} the place that it names */
const placeOf = (hash) => (hash && !hash.includes("=") ? byId(decodeURIComponent(hash)) : null);

/**
 * Opens what a place is folded into.
 * @param {Element | null} place
 */
const unfold = (place) => {
  for (let one = place; one; one = one.parentElement) if (one instanceof HTMLDetailsElement) one.open = true;
};

/** @param {string} text @param {HTMLElement} button */
const copy = async (text, button) => {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = /** @type {HTMLTextAreaElement} */ (element("textarea", { "aria-hidden": "true" }, text));
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "copied";
  setTimeout(() => (button.textContent = before), 1500);
};

/** @param {string} text @returns {HTMLElement} a button that copies it */
const copyButton = (text) => {
  const button = element("button", { type: "button" }, "copy");
  button.addEventListener("click", () => copy(text, button));
  return button;
};
