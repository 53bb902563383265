// What every widget does with nodes of the page.

/**
 * What Gradio hands to the one line of `js_on_load`, and that to `mount`.
 * @typedef {object} Mounted
 * @property {HTMLElement} element what the template was drawn into
 * @property {Record<string, any>} props `value` and the arguments of the Python class; writing `value` tells Python
 * @property {(event: string, data?: object) => void} trigger fires an event of the Python component
 * @property {(name: string, act: () => void) => void} watch calls `act` when Python has changed that property
 * @property {Record<string, (...values: any[]) => Promise<any>>} server the component's server functions
 */

/**
 * The nodes of a template by their `data-part`. Give the result a type where it is kept.
 * @param {Element} element
 * @returns {any}
 */
export function partsOf(element) {
  const nodes = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-part]")]);
  return Object.fromEntries(nodes.map((node) => [node.dataset.part, node]));
}

/**
 * The first node that fits; any, since it is known from the template what it is.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {any}
 */
export const find = (root, selector) => root.querySelector(selector);

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {any[]}
 */
export const findAll = (root, selector) => [...root.querySelectorAll(selector)];

/**
 * A node with text; text goes in as textContent, never as HTML.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  if (node instanceof HTMLButtonElement) node.type = "button";
  return node;
}

let named = 0;

/**
 * A name that no other widget of the page has, for groups of radio buttons and for ids.
 * @param {string} word
 */
export const unique = (word) => `${word}-${++named}`;

/**
 * A radio button of a segmented control.
 * @param {HTMLInputElement} node
 * @param {string} name of the group
 * @param {() => void} act
 */
export function radio(node, name, act) {
  Object.assign(node, { type: "radio", name });
  node.addEventListener("change", act);
  return node;
}

/**
 * Calls `act` at first and whenever the width of `measured`, a part of `root`, has changed.
 * @param {Element} root
 * @param {Element} measured
 * @param {() => void} act
 */
export function whenResized(root, measured, act) {
  let width = 0;
  new ResizeObserver(() => {
    if (measured.clientWidth === width) return;
    width = measured.clientWidth;
    act();
  }).observe(root);
}

/**
 * Calls `act` once, when the node is first seen.
 * @param {Element} node
 * @param {() => void} act
 */
export function whenSeen(node, act) {
  new IntersectionObserver(([entry], observer) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    act();
  }).observe(node);
}

/**
 * Calls `act` once, when the node first has a width: when its tab is open, wherever the page is scrolled to.
 * @param {Element} node
 * @param {() => void} act
 */
export function whenShown(node, act) {
  new ResizeObserver((_, observer) => {
    if (!node.clientWidth) return;
    observer.disconnect();
    act();
  }).observe(node);
}
