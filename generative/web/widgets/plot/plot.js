// <gen-plot data-chart="…"> draws its chart wherever it stands, and anew when Python has sent another.

import { plot } from "../kit/plot.js";

class Plot extends HTMLElement {
  static observedAttributes = ["data-chart"];

  connectedCallback() {
    this.draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.draw();
  }

  draw() {
    plot(this, JSON.parse(this.dataset.chart ?? ""));
  }
}

if (!customElements.get("gen-plot")) customElements.define("gen-plot", Plot);
