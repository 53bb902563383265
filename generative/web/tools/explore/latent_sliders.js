// The sliders of a latent map, one for each dimension, and the strip of pictures along one of them.
// Inlined before latent_map.js, whose state they read; `changeLatent` and `chooseDimension` are its own.

const FIRST = 12; // sliders on show before "more"
const REST = 3; // no button for so few

let rows = []; // by dimension: {item, input, output, reset}
let all = false; // whether every slider is on show
let builtStrip = null; // the strip whose pictures are on show

const signed = (value) => value.toFixed(2).replace("-", "−");

// z with the number of the dimension, counted from 1.
function symbol(dimension) {
  const node = make("span", "z", "z");
  node.append(make("sub", "", dimension + 1));
  return node;
}

function meter(dimension) {
  const node = make("span", "meter"), bar = make("i"), share = Math.round(100 * chart.importance[dimension]);
  node.title = `Changes the picture ${share} % as much as the dimension that changes it most (each moved by one standard deviation)`;
  bar.style.width = `${share}%`;
  node.append(bar);
  return node;
}

function row(dimension) {
  const item = make("li", "dimension"), input = make("input"), output = make("output"), reset = make("button", "", "↺");
  const low = Math.min(chart.low[dimension], latent[dimension]), high = Math.max(chart.high[dimension], latent[dimension]);
  Object.assign(input, { type: "range", min: low, max: high, step: (high - low) / 240, ariaLabel: `Dimension ${dimension + 1}` });
  Object.assign(reset, { type: "button", title: "Back to where it started", ariaLabel: `Reset dimension ${dimension + 1}` });
  input.addEventListener("input", () => changeLatent(dimension, Number(input.value)));
  input.addEventListener("focus", () => chooseDimension(dimension));
  reset.addEventListener("click", () => { changeLatent(dimension, start[dimension]); input.focus(); });
  item.append(symbol(dimension), ...(chart.importance ? [meter(dimension)] : []), input, output, reset);
  return { item, input, output, reset };
}

function buildRows() {
  rows = latent.map((_, dimension) => row(dimension));
  part.sliders.classList.toggle("unmeasured", !chart.importance);
  part.rows.replaceChildren(...chart.order.map((dimension) => rows[dimension].item));
  part.order.textContent = chart.importance ? "those first that change the picture most" : "in the model's own order";
  all = latent.length <= FIRST + REST;
  part.more.hidden = all;
  renderMore();
}

function renderMore() {
  chart.order.forEach((dimension, place) => { rows[dimension].item.hidden = !all && place >= FIRST; });
  part.more.textContent = all ? `Only the first ${FIRST}` : `All ${latent.length} dimensions`;
  part.more.setAttribute("aria-expanded", all);
}

function renderRows() {
  rows.forEach(({ item, input, output, reset }, dimension) => {
    const value = latent[dimension];
    if (Number(input.value) !== value) input.value = value;
    output.textContent = signed(value);
    reset.disabled = value === start[dimension];
    item.classList.toggle("chosen", dimension === dim);
  });
  part.resetAll.disabled = latent.every((value, dimension) => value === start[dimension]);
}

function buildStrip() {
  builtStrip = strip;
  if (!strip) return [part.stripName, part.strip].forEach((node) => node.replaceChildren());
  const { dim: along, values, pictures } = strip, bytes = decode(pictures), shape = [values.length, ...chart.shape];
  part.stripName.replaceChildren(symbol(along), " from one end to the other, all else as it is");
  part.strip.replaceChildren(...values.map((value, index) => {
    const button = make("button"), canvas = newCanvas(shape[3], shape[2]);
    Object.assign(button, { type: "button", title: `z${along + 1} = ${signed(value)}`, ariaLabel: `Dimension ${along + 1} at ${signed(value)}` });
    canvas.getContext("2d").putImageData(picture(bytes, shape, index), 0, 0);
    button.addEventListener("click", () => changeLatent(along, value));
    button.append(canvas, make("span", "", value.toFixed(1).replace("-", "−")));
    return button;
  }));
}

function renderStrip() {
  const distances = strip ? strip.values.map((value) => Math.abs(value - latent[strip.dim])) : [];
  [...part.strip.children].forEach((button, index) => {
    button.setAttribute("aria-pressed", distances[index] === Math.min(...distances));
  });
}
