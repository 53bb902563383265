// Runs after the stage's own scripts, with their variables: from the last frame on to the first, unless it was paused.

const halt = pause;
let halted = matchMedia("(prefers-reduced-motion: reduce)").matches, seen = false;
pause = () => { if (playing && !halted && shown >= run.frames.length - 1) shown = 0; else halt(); };
const begin = () => { if (seen && !playing && !halted && run.frames.length > 1) part.play.click(); };
part.play.addEventListener("click", () => { halted = playing === null; });
part.range.addEventListener("input", () => { halted = true; });
part.live.setAttribute("aria-live", "off"); // or it would be read out without end
watch("value", begin);
new IntersectionObserver(([{ isIntersecting }]) => {
  seen = isIntersecting;
  if (!seen) halt();
  render();
  begin();
}).observe(root);
