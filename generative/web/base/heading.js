// A heading asks for all that stands under it when it comes on show for the first time, and whenever Python has renewed
// it.

import { whenShown } from "../widgets/kit/dom.js";

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, watch, trigger }) {
  watch("value", () => trigger("input"));
  whenShown(element, () => trigger("input"));
}
