// The chips of a formula bar and the palette that they come from. Inlined after formula_bar.js.

function chip(name) {
  const [attribute, value] = name.includes(": ") ? name.split(/: (.*)/) : ["", name];
  const item = make("li", "chip"), head = make("div", ""), amount = make("output", ""), slider = make("input", "");
  const label = make("span", "name"), gone = make("button", "remove", "×");
  label.append(...(attribute ? [make("small", "", `${attribute} `)] : []), value);
  label.title = name;
  gone.title = `Remove ${name}`;
  gone.setAttribute("aria-label", gone.title);
  Object.assign(slider, { type: "range", min: -MOST, max: MOST, step: STEP, title: "Double click: back to 0" });
  slider.setAttribute("aria-label", `Amount of ${name}`);
  slider.addEventListener("input", () => set(name, Number(slider.value)));
  slider.addEventListener("dblclick", () => set(name, 0));
  gone.addEventListener("click", () => remove(name));
  head.append(amount, label, gone);
  item.append(head, slider);
  return item;
}

function renderChips() {
  const names = JSON.stringify(terms.map(([name]) => name));
  if (part.chips.dataset.names !== names) part.chips.replaceChildren(...terms.map(([name]) => chip(name)));
  part.chips.dataset.names = names;
  terms.forEach(([name, amount], i) => {
    const item = part.chips.children[i], slider = item.querySelector("input");
    const words = `${amount < 0 ? "−" : "+"} ${Math.abs(amount).toFixed(2).replace(/0$/, "")}`;
    item.classList.toggle("moved", name === moved && terms.length > 1);
    item.querySelector("output").textContent = words;
    slider.setAttribute("aria-valuetext", words);
    if (Number(slider.value) !== amount) slider.value = amount;
  });
}

function render() {
  root.dataset.state = start ? "ready" : "asleep";
  part.start.textContent = "this image";
  part.start.title = start ? `What the formula is added to: ${start.name}` : "";
  renderChips();
  if (typed === null && document.activeElement !== part.text) part.text.value = written();
  const used = new Set(terms.map(([name]) => name));
  part.palette.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", used.has(button.dataset.name));
  });
}

function offer(offered) {
  groups = offered;
  part.palette.replaceChildren(...groups.map(([attribute, names]) => {
    const row = make("div", "group"), values = make("div", "values");
    values.append(...names.map(([name, value]) => {
      const button = make("button", "value", value || "any");
      button.dataset.name = name;
      if (!value) button.title = `${name}: any value but none`;
      button.setAttribute("aria-label", value ? name : `${name}, of any kind`);
      button.addEventListener("click", () => (terms.some(([known]) => known === name) ? remove(name) : add(name)));
      return button;
    }));
    row.append(make("span", "", attribute), values);
    return row;
  }));
}

function add(name) {
  set(name, 1);
  openPalette(false);
  part.chips.lastElementChild.querySelector("input").focus();
}

function openPalette(open) {
  part.palette.hidden = !open;
  part.add.setAttribute("aria-expanded", open);
  part.add.textContent = open ? "Close" : "Add an attribute…";
}

part.add.addEventListener("click", () => openPalette(part.palette.hidden));

