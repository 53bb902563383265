// <gen-plot data-chart="…"> draws its chart wherever it stands, and anew when Python has sent another.

import { plot } from "../kit/plot.js";

class Plot extends HTMLElement {
  drawn = "";
  // Gradio takes away what Python has not sent, the drawing among it, and only then is the element asked.
  observer = new MutationObserver(() => this.draw());

  connectedCallback() {
    this.draw();
    this.observer.observe(this, { attributeFilter: ["data-chart"], childList: true });
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  draw() {
    const chart = this.dataset.chart ?? "";
    if (chart === this.drawn && this.firstElementChild) return;
    this.drawn = chart;
    plot(this, JSON.parse(chart));
  }
}

if (!customElements.get("gen-plot")) customElements.define("gen-plot", Plot);
