// A doorway asks for what stands behind it when it is first on show. See face.py.

import { whenShown } from "../widgets/kit/dom.js";

/** @param {import("../widgets/kit/dom.js").Mounted} mounted */
export function mount({ element, trigger }) {
  whenShown(element, () => trigger("expand"));
}
