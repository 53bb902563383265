// A node says what it shows, as a link, to the page's address. See page/way.js.

const SETTLED_MS = 300; // a browser takes only so many addresses a second

/**
 * What tells the links of a node, the last of several that come fast.
 * @param {HTMLElement} node
 * @returns {(link: string) => void}
 */
export function teller(node) {
  /** @type {ReturnType<typeof setTimeout>} */
  let settling;
  return (link) => {
    clearTimeout(settling);
    const tell = () => node.dispatchEvent(new CustomEvent("made", { bubbles: true, detail: { link } }));
    settling = setTimeout(tell, SETTLED_MS);
  };
}

/** The link of a node that shares its place with another: told when it is new, and again when the node comes on show. */
export class Kept {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    this.tell = teller(node);
    this.link = "";
  }

  /** @param {string | undefined} link nothing where there is no new one */
  take(link) {
    if (link) this.tell((this.link = link));
  }

  forget() {
    this.link = "";
  }

  onWidth() {
    if (this.node.clientWidth && this.link) this.tell(this.link);
  }
}
