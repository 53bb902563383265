// What leaves and enters the stage as a file: PNG, grid, animation; a picture to restore from. Inlined after stage.js.

const MAX_FILE_BYTES = 5_000_000;
const MAX_EXPORT_FRAMES = 400; // these two limits are checked again in stage_animation.py
const MAX_EXPORT_CHARACTERS = 32_000_000;

// ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────

const stem = () => run.title || run.alt || "generated";
const seedWords = () => (run.seeds.length ? `seed ${run.seeds[0]}` : "");
const shownColumns = () => Number(part.pictures.style.getPropertyValue("--columns")) || 1;

part.download.addEventListener("click", async () => {
  const { index } = opened;
  saveAs(await png(part.large, run.recipe[index]), `${fileName(stem(), "seed", run.seeds[index] ?? index)}.png`);
});

part.grid.addEventListener("click", async () => {
  const frame = currentFrame();
  const canvas = gridCanvas(panels.map(({ view }) => bytesOf(frame, view)), frame.shape, shownColumns());
  saveAs(await png(canvas, run.grid_recipe ?? run.recipe[0]), `${fileName(stem(), seedWords(), "grid")}.png`);
});

// The whole run in the view on show; the server encodes it. Long runs are thinned evenly, the last frame stays.
async function saveAnimation(format) {
  const views = viewsOf(run.frames[0], false), shape = run.frames[0].shape;
  const size = views.length * run.frames[0].views.image.length;
  const most = Math.min(MAX_EXPORT_FRAMES, Math.floor(MAX_EXPORT_CHARACTERS / size));
  const stride = Math.ceil(run.frames.length / most);
  const kept = run.frames.filter((_, index) => (run.frames.length - 1 - index) % stride === 0);
  const frames = kept.map((frame) => views.map((view) => frame.views[view] ?? frame.views.image));
  root.classList.add("busy");
  say("Making the animation…", "notice");
  const order = { format, shape, columns: shownColumns(), frames };
  const answer = await server.encode_animation(order).catch(() => null);
  root.classList.remove("busy");
  if (!answer?.data) return say(answer?.error ?? "The server did not answer. Try again in a moment.");
  saveAs(new Blob([decode(answer.data)], { type: `image/${format}` }), `${fileName(stem(), seedWords())}.${format}`);
  say(stride > 1 ? `The animation holds one frame in ${stride}: ${kept.length} of ${run.frames.length}.` : "", "notice");
}
part.gif.addEventListener("click", () => saveAnimation("gif"));
part.webp.addEventListener("click", () => saveAnimation("webp"));

// ── restoring ────────────────────────────────────────────────────────────────────────────────────────────────────

async function restore(file) {
  if (!file) return;
  if (file.size > MAX_FILE_BYTES) {
    say(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB. Choose a PNG that was saved here; it has at most 5 MB.`);
    return;
  }
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => resolve("");
    reader.readAsDataURL(file);
  });
  if (!url) say(`${file.name} could not be read. Choose a file, not a folder.`);
  else trigger("upload", { name: file.name.slice(0, 200), data: url.slice(url.indexOf(",") + 1) });
}

part.restore.addEventListener("click", () => part.file.click());
part.file.addEventListener("change", () => { restore(part.file.files[0]); part.file.value = ""; });

// A file dropped on a stage goes to it; one dropped elsewhere goes to the first stage that is visible.
function takes(event) {
  if (event.defaultPrevented || !root.offsetParent || !event.dataTransfer?.types.includes("Files")) return false;
  const under = event.target.closest?.(".gen-stage");
  const stages = [...document.querySelectorAll(".gen-stage")].filter((stage) => stage.offsetParent);
  return (under ?? stages[0]) === root;
}

function onDrag(event) {
  if (!root.isConnected) {
    for (const type of ["dragover", "dragleave", "drop"]) document.removeEventListener(type, onDrag);
    return;
  }
  const taken = event.type !== "dragleave" && takes(event);
  root.classList.toggle("dragging", taken && event.type === "dragover");
  if (!taken) return;
  event.preventDefault();
  if (event.type === "drop") restore(event.dataTransfer.files[0]);
}
for (const type of ["dragover", "dragleave", "drop"]) document.addEventListener(type, onDrag);
