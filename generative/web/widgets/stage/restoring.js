// What enters the stage as a file: a picture that was saved here, chosen or dropped anywhere on the page.

import { MAX_FILE_BYTES } from "../kit/constants.js";

const EVENTS = /** @type {const} */ (["dragover", "dragleave", "drop"]);

/** @typedef {import("./stage.js").Stage} Stage */

/** @param {Stage} stage */
export function offerRestoring(stage) {
  const { part } = stage;
  part.restore.addEventListener("click", () => part.file.click());
  part.file.addEventListener("change", () => {
    restore(stage, part.file.files[0]);
    part.file.value = "";
  });
  const onDrag = (/** @type {DragEvent} */ event) => {
    if (stage.root.isConnected) drag(stage, event);
    else EVENTS.forEach((type) => document.removeEventListener(type, onDrag));
  };
  EVENTS.forEach((type) => document.addEventListener(type, onDrag));
}

/**
 * @param {Stage} stage
 * @param {File | undefined} file
 */
async function restore(stage, file) {
  if (!file) return;
  if (file.size > MAX_FILE_BYTES) {
    const size = (file.size / 1e6).toFixed(1), most = MAX_FILE_BYTES / 1e6;
    return stage.say(`${file.name} has ${size} MB. Choose a PNG that was saved here; it has at most ${most} MB.`);
  }
  const url = await dataUrl(file);
  if (!url) stage.say(`${file.name} could not be read. Choose a file, not a folder.`);
  else stage.trigger("upload", { name: file.name.slice(0, 200), data: url.slice(url.indexOf(",") + 1) });
}

/**
 * @param {File} file
 * @returns {Promise<string>} "" if it cannot be read
 */
function dataUrl(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => resolve("");
    reader.readAsDataURL(file);
  });
}

/**
 * A file dropped on a stage goes to it; one dropped elsewhere goes to the first stage that is visible.
 * @param {Stage} stage
 * @param {DragEvent} event
 */
function takes({ root }, event) {
  if (event.defaultPrevented || !root.offsetParent || !event.dataTransfer?.types.includes("Files")) return false;
  const under = event.target instanceof Element ? event.target.closest(".gen-stage") : null;
  const stages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".gen-stage")]);
  return (under ?? stages.find((other) => other.offsetParent)) === root;
}

/**
 * @param {Stage} stage
 * @param {DragEvent} event
 */
function drag(stage, event) {
  const taken = event.type !== "dragleave" && takes(stage, event);
  stage.root.classList.toggle("dragging", taken && event.type === "dragover");
  if (!taken) return;
  event.preventDefault();
  if (event.type === "drop") restore(stage, event.dataTransfer?.files[0]);
}
