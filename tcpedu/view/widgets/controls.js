// 조절 막대: 이름표 붙은 슬라이더·켜고 끄기·고르기·수를 부탁 하나에 잇는다. 값의 글은 파이썬이 적어 보낸다.

/**
 * 조절 막대. `specs`는 {name, label, short, kind, value}의 목록이고 kind에 따라
 *   "slider"와 "select"는 choices: [[값, 글], …], "number"는 min, max, step, "toggle"은 없음.
 * group이 같은 것끼리 묶이고, hidden이면 감춘다. `load(specs)`는 대답을 기다리는 값은 건드리지 않는다.
 */
function makeControls(specs, sender) {
  const parts = new Map(specs.map((spec) => [spec.name, makeControl(spec, (value) => sender.set(spec.name, value))]));
  const groups = new Map();
  for (const spec of specs) {
    const name = spec.group ?? "";
    if (!groups.has(name)) groups.set(name, h("div", { class: "group", role: "group", "aria-label": name || "조절" }, name ? h("b", {}, name) : null));
    groups.get(name).append(parts.get(spec.name).node);
  }
  const box = h("div", { class: "controls" }, ...groups.values());
  function load(loaded) {
    for (const spec of loaded) {
      const part = parts.get(spec.name);
      part.node.hidden = Boolean(spec.hidden);
      if (!sender.pending(spec.name)) part.load(spec);
    }
    for (const group of groups.values()) group.hidden = [...group.querySelectorAll(".control")].every((node) => node.hidden);
  }
  load(specs);
  return { box, load };
}

const makeControl = (spec, send) => ({ slider, select, toggle, number })[spec.kind](spec, send);

function slider(spec, send) {
  let choices = spec.choices;
  const output = h("output", {});
  const input = h("input", { type: "range", min: 0, max: choices.length - 1, step: 1, "data-name": spec.name, "aria-label": spec.label, oninput: () => {
    write();
    send(choices[input.value][0]);
  } });
  function write() {
    output.textContent = choices[input.value][1];
    input.setAttribute("aria-valuetext", output.textContent);
  }
  return {
    node: h("label", { class: "control" }, h("span", {}, spec.short ?? spec.label), input, output),
    load: (loaded) => {
      choices = loaded.choices;
      input.max = choices.length - 1;
      input.value = Math.max(0, choices.findIndex(([value]) => value === loaded.value));
      write();
    },
  };
}

function select(spec, send) {
  const input = h("select", { "data-name": spec.name, "aria-label": spec.label, onchange: () => send(spec.choices[input.selectedIndex][0]) });
  const fill = (choices) => input.replaceChildren(...choices.map(([, text]) => h("option", {}, text)));
  fill(spec.choices);
  return {
    node: h("label", { class: "control" }, h("span", {}, spec.short ?? spec.label), input),
    load: (loaded) => {
      if (loaded.choices.length !== spec.choices.length) fill(loaded.choices);
      spec = loaded;
      input.selectedIndex = loaded.choices.findIndex(([value]) => value === loaded.value);
    },
  };
}

function toggle(spec, send) {
  const input = h("input", { type: "checkbox", "data-name": spec.name, "aria-label": spec.label, onchange: () => send(input.checked) });
  return {
    node: h("label", { class: "control" }, input, h("span", {}, spec.short ?? spec.label)),
    load: (loaded) => {
      input.checked = loaded.value;
      input.disabled = Boolean(loaded.disabled);
    },
  };
}

function number(spec, send) {
  const { min, max, step } = spec;
  const input = h("input", { type: "number", min, max, step, "data-name": spec.name, "aria-label": spec.label, onchange: () => send(input.value) });
  return {
    node: h("label", { class: "control" }, h("span", {}, spec.short ?? spec.label), input),
    // 아직 보내지 않은, 적고 있는 값을 지우지 않는다.
    load: (loaded) => document.activeElement !== input && (input.value = loaded.value),
  };
}
