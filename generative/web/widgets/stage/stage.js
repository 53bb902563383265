// The stage in the browser: keeps the frames of the current run, draws them, scrubs, opens one picture large.
// What Python sends is described in stage.py.

import { partsOf, whenResized } from "../kit/dom.js";
import { Large } from "./large.js";
import { PHONE } from "./layout.js";
import { Panels } from "./panels.js";
import { offerRestoring } from "./restoring.js";
import { finished, newRun, progressWords, takeFacts, takeFrames } from "./run.js";
import { offerSaving, small } from "./saving.js";
import { Timeline } from "./timeline.js";
import { ViewChoice } from "./views.js";

const SPOKEN_MS = 3000; // between two words of progress to who cannot see it

/** @typedef {import("../kit/dom.js").Mounted} Mounted */

/** @param {Mounted} mounted */
export function mount(mounted) {
  const stage = new Stage(mounted);
  mounted.watch("value", () => stage.receive(mounted.props.value));
  stage.receive(mounted.props.value);
}

export class Stage {
  /** @param {Mounted} mounted */
  constructor({ element, props, trigger, server }) {
    const part = (this.part = partsOf(element)), render = () => this.render();
    this.root = /** @type {HTMLElement} */ (part.root);
    this.trigger = trigger;
    this.server = server;
    this.run = newRun("");
    this.spokenAt = 0;
    this.seen = this.waiting = false;
    this.choice = new ViewChoice(part.views, element.closest(".compact") !== null, render);
    this.timeline = new Timeline(part, Boolean(props.looping), render);
    this.large = new Large(part, (index, view) => this.panels.focus(index, view));
    this.panels = new Panels(part.pictures, part.empty, (index, view) => this.open(index, view));
    part.reuse.addEventListener("click", () => this.reuse());
    if (this.timeline.looping) this.keepQuiet();
    this.playWhileSeen();
    offerSaving(this);
    offerRestoring(this);
    whenResized(this.root, part.pictures, () => this.layOut());
    addEventListener("resize", () => this.root.isConnected && this.layOut());
  }

  /** @param {any} message from Python */
  receive(message) {
    if (!message || typeof message !== "object") return;
    const { frames = [], error, notice, run, waiting, ...facts } = message;
    if (waiting) return this.wait();
    if (facts.stopped && this.stop(error)) delete facts.stopped;
    if (run !== undefined && run !== this.run.id) {
      this.run = newRun(run);
      this.timeline.reset();
    }
    const told = this.run.link;
    takeFacts(this.run, facts);
    takeFrames(this.run, frames);
    if (this.run.link && (this.run.link !== told || facts.done)) this.tellMade();
    if (frames.length) {
      this.waiting = false;
      delete this.root.dataset.waiting;
    }
    this.timeline.follow(this.run);
    if (error || notice) this.say(error || notice, error ? "error" : "notice");
    else if (frames.length || facts.stopped) this.say("");
    this.render();
    this.playOn();
  }

  /** A run that is done is replayed, and what loops is played at once. */
  playOn() {
    if (this.timeline.looping || this.run.done) this.timeline.loop(this.seen);
  }

  /** To whom it may concern, such as the page's address: a run has begun, or is done. */
  tellMade() {
    const { link, done, grid_recipe: recipe } = this.run;
    const detail = { link, done, recipe, picture: done && this.frame && small(this.run) };
    this.root.dispatchEvent(new CustomEvent("made", { bubbles: true, detail }));
  }

  /** A run has been asked for; what was drawn before stays on show. */
  wait() {
    this.waiting = true;
    this.say("Waiting for its turn…", "notice");
    this.root.dataset.waiting = "true";
  }

  /**
   * Says what a stop has ended, unless that is the run on show, which says so itself.
   * @param {string} [error] what is told anyway
   */
  stop(error) {
    const waited = this.waiting, over = !this.frame || finished(this.run);
    this.waiting = false;
    delete this.root.dataset.waiting;
    if (!waited && !over) return false;
    if (!error) this.say(waited ? "Stopped before it began: it has left the line." : "Nothing was running.", "notice");
    return true;
  }

  /**
   * @param {string} text
   * @param {"error" | "notice"} [kind]
   */
  say(text, kind = "error") {
    const { message } = this.part;
    message.hidden = !text;
    message.dataset.kind = kind;
    message.textContent = text;
  }

  /** The frame on show, if there is any. */
  get frame() {
    return this.run.frames.at(this.timeline.shown);
  }

  render() {
    const { run, frame, part, root, timeline } = this;
    part.title.textContent = run.title;
    Object.assign(root.dataset, { run: run.id, seed: run.seeds[0] ?? "", count: run.seeds.length });
    root.dataset.state = !frame ? "empty" : finished(run) ? "done" : "running";
    if (!frame) return this.clear();
    this.panels.render(run, frame, this.views(frame));
    this.choice.render(run, this.views(frame));
    this.renderProgress();
    timeline.render(frame);
    part.film.disabled = part.gif.disabled = part.webp.disabled = run.frames.length < 2;
    this.large.render(run, frame);
    this.layOut();
    root.dispatchEvent(new CustomEvent("moment", { bubbles: true, detail: frame }));
  }

  /**
   * Side by side while one looks at moments; one picture for the result, in a replay, and where panels have no room.
   * @param {import("./run.js").Moment} frame
   */
  views(frame) {
    const { run, timeline, part } = this, last = finished(run) && timeline.shown === timeline.last;
    const replayed = run.done && Boolean(timeline.playing);
    if (replayed && !last && !this.choice.chosen && run.film in frame.views) return [run.film];
    return this.choice.of(run, frame, last || replayed || part.pictures.clientWidth < PHONE);
  }

  /** Nothing of the run before stays. */
  clear() {
    this.panels.clear();
    this.part.status.textContent = "";
  }

  layOut() {
    if (this.frame) this.panels.layOut(this.frame.shape);
    this.large.layOut();
  }

  renderProgress() {
    const { part, run } = this, { step, total } = run.frames[run.frames.length - 1], words = progressWords(run);
    part.status.textContent = words;
    part.bar.firstElementChild.style.transform = `scaleX(${Math.min(1, step / Math.max(1, total))})`;
    part.bar.setAttribute("aria-valuemax", total);
    part.bar.setAttribute("aria-valuenow", step);
    if (!finished(run) && Date.now() - this.spokenAt <= SPOKEN_MS) return;
    this.spokenAt = Date.now();
    if (part.live.textContent !== words) part.live.textContent = words;
  }

  /**
   * @param {number} index
   * @param {string} view
   */
  open(index, view) {
    const seen = this.timeline.settle() ? "image" : view;
    if (this.frame) this.large.open(index, seen, this.run, this.frame);
  }

  reuse() {
    const index = this.large.opened?.index ?? 0;
    this.part.dialog.close();
    this.trigger("select", { seed: this.run.seeds[index], index });
  }

  keepQuiet() {
    this.part.live.setAttribute("aria-live", "off"); // or it would be read out without end
    this.root.classList.add("looping");
  }

  playWhileSeen() {
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.seen = isIntersecting;
      this.playOn();
      this.render();
    }).observe(this.root);
  }
}
