// The forward process under a slider: what is drawn of it at once, and what is asked of the network.
// What goes to and fro is described in noising.py.

import { make, partsOf } from "../../widgets/kit/dom.js";
import { decode, fileName, fresh, gridCanvas, offerScales, picture, savePicture } from "../../widgets/kit/png.js";
import { showMessage } from "../../widgets/kit/tiles.js";
import { MOVED } from "./curves.js";
import { mixed, parts, ratio } from "./mixing.js";

/** @typedef {import("../../widgets/kit/dom.js").Mounted} Mounted */
/** @typedef {{ t: number, pixels: Uint8Array, loss: number, rmse: number, recipe: string, link: string }} Believed */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const noising = new Noising(mounted);
  mounted.watch("value", () => noising.receive(mounted.props.value));
  noising.receive(mounted.props.value);
}

class Noising {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger }) {
    this.part = partsOf(element);
    this.props = props;
    this.trigger = trigger;
    this.t = props.opening;
    this.asked = false; // whether the next frame of the screen asks Python
    /** @type {import("./mixing.js").Mix | null} */
    this.mix = null;
    /** @type {Believed | null} */
    this.believed = null;
    /** @type {{ timesteps: number[], pixels: Uint8Array } | null} */
    this.strip = null;
    const { range, save, size, strip, root } = this.part;
    range.addEventListener("input", () => this.choose(Number(range.value)));
    save.addEventListener("click", () => this.save());
    strip.addEventListener("click", (/** @type {Event} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.choose(Number(button.dataset.t));
    });
    offerScales(size);
    root.dataset.state = "empty";
  }

  /** @param {any} message from Python */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const { mix, strip, believed, error, t } = message;
    if (mix) this.take(mix);
    if (strip) this.strip = { ...strip, pixels: decode(strip.pixels) };
    if (believed) this.believed = { ...believed, pixels: decode(believed.pixels) };
    if (message.at && typeof t === "number") this.t = t;
    this.props.value = { t: this.t };
    if (error !== undefined) showMessage(this.part.message, error);
    if (mix || strip) this.buildStrip();
    this.render();
    if (believed && believed.t !== this.t) this.ask();
  }

  /** @param {any} mix as it travels */
  take(mix) {
    this.mix = { ...mix, picture: decode(mix.picture), noise: new Int16Array(decode(mix.noise).buffer) };
    const last = mix.alpha.length - 1;
    this.part.range.max = String(last);
    this.t = Math.min(this.t, last);
  }

  /** @param {number} t */
  choose(t) {
    this.t = t;
    this.props.value = { t };
    this.render();
    this.ask();
  }

  /** Asks what is believed here, once a frame of the screen. */
  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.trigger("input");
    });
  }

  render() {
    const { part, mix, t, believed } = this;
    part.range.value = String(t);
    part.moment.textContent = String(t);
    part.root.dataset.t = String(t);
    document.dispatchEvent(new CustomEvent(MOVED, { detail: t }));
    if (!mix) return;
    part.root.dataset.state = "ready";
    show(part.noisy, mixed(mix, t, this.props.one), mix.shape);
    part.mixed.textContent = parts(mix, t);
    part.ratio.textContent = ratio(mix, t);
    if (believed) this.renderBelieved(believed, mix.shape);
  }

  /**
   * @param {Believed} believed
   * @param {number[]} shape
   */
  renderBelieved({ t, pixels, loss, rmse, link }, shape) {
    const { part } = this;
    show(part.guess, pixels, shape);
    part.root.dataset.believed = String(t);
    part.found.textContent = `at t = ${t}, from one pass`;
    part.rmse.textContent = rmse.toFixed(3);
    part.loss.textContent = loss.toFixed(3);
    part.link.hidden = false;
    part.link.href = link;
    part.link.dispatchEvent(new CustomEvent("made", { bubbles: true, detail: { link } }));
  }

  buildStrip() {
    const { strip, mix } = this;
    if (!strip || !mix) return;
    const { timesteps, pixels } = strip, size = mix.picture.length;
    this.part.strip.replaceChildren(...timesteps.map((t, i) => {
      const button = make("button"), noisy = document.createElement("canvas"), guess = document.createElement("canvas");
      show(noisy, mixed(mix, t, this.props.one), mix.shape);
      show(guess, pixels.subarray(i * size, (i + 1) * size), mix.shape);
      button.dataset.t = String(t);
      button.title = `t = ${t}: the noisy picture, and under it what the network believes`;
      button.append(noisy, guess, make("span", "", String(t)));
      return button;
    }));
  }

  async save() {
    const { mix, believed, part } = this;
    if (!mix || !believed) return;
    const shape = [1, ...mix.shape];
    const canvas = gridCanvas([mix.picture, mixed(mix, believed.t, this.props.one), believed.pixels], shape, 1);
    await savePicture(canvas, part.size, fileName("noise", believed.t), believed.recipe);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} bytes
 * @param {number[]} shape [C, H, W]
 */
function show(canvas, bytes, [channels, height, width]) {
  fresh(canvas, width, height).putImageData(picture(bytes, [1, channels, height, width], 0), 0, 0);
}
