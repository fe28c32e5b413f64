// 조절 단추: 파이썬이 적어 준 목록(이름, 붙일 말, 고를 수 있는 값과 그 글)대로 만들고, 바꾼 값을 알린다.

/** 부탁은 한 번에 하나만 보낸다. 대답을 기다리는 동안에는 같은 것을 바꾼 부탁 가운데 마지막 것만 남긴다. */
function oneAtATime(model, ask) {
  const waiting = new Map();
  let timer = 0;
  const send = (request) => {
    timer = setTimeout(giveUp, 2500);
    ask(request);
  };
  const giveUp = () => {
    timer = 0;
    waiting.clear();
  };
  const next = () => {
    clearTimeout(timer);
    timer = 0;
    const [first] = waiting;
    if (!first) return;
    waiting.delete(first[0]);
    send(first[1]);
  };
  model.on("change:scene", next);
  const queue = (request) => {
    const key = `${request.do} ${request.name ?? request.index ?? ""}`;
    if (timer) waiting.set(key, request);
    else send(request);
  };
  queue.stop = () => {
    clearTimeout(timer);
    model.off("change:scene", next);
  };
  return queue;
}

const CONTROLS = {
  slider(spec, change) {
    const text = h("output", { class: "value" });
    const show = () => {
      text.textContent = spec.stops[input.value][1];
      input.setAttribute("aria-valuetext", text.textContent);
    };
    const input = h("input", { type: "range", min: 0, max: spec.stops.length - 1, step: 1, "data-name": spec.name, "aria-label": spec.label, oninput: () => {
      show();
      change(spec.stops[input.value][0]);
    } });
    const load = (value, exact) => {
      const far = (stop) => Math.abs(stop[0] - value);
      input.value = spec.stops.reduce((best, stop, index) => (far(stop) < far(spec.stops[best]) ? index : best), 0);
      show();
      text.textContent = exact;
      input.setAttribute("aria-valuetext", exact);
    };
    return { input, load, node: h("label", { class: "control slider" }, h("span", {}, spec.label), input, text) };
  },
  choice(spec, change) {
    const input = h("select", { "data-name": spec.name, "aria-label": spec.label, onchange: () => change(spec.stops[input.value][0]) },
      ...spec.stops.map(([, text], index) => h("option", { value: index }, text)));
    const load = (value) => (input.value = spec.stops.findIndex((stop) => stop[0] === value));
    return { input, load, node: h("label", { class: "control" }, h("span", {}, spec.label), input) };
  },
  toggle(spec, change) {
    const input = h("button", { type: "button", "data-name": spec.name, onclick: () => change(input.getAttribute("aria-pressed") !== "true") });
    const load = (value) => {
      input.setAttribute("aria-pressed", String(value));
      input.textContent = `${spec.label}: ${spec.stops[Number(value)][1]}`;
    };
    return { input, load, node: h("span", { class: "control" }, input) };
  },
};

/** `{ box, load(scene) }`. `send`는 `oneAtATime`이 돌려준 것이다. */
function makeControls(model, send) {
  const parts = model.get("controls").map((spec) => ({
    name: spec.name, ...CONTROLS[spec.kind](spec, (value) => send({ do: "set", name: spec.name, value })),
  }));
  let first = true;
  return {
    box: h("div", { class: "controls", role: "group", "aria-label": "조절" }, ...parts.map((part) => part.node)),
    load: (scene) => {
      for (const part of parts) {
        // 끌고 있는 슬라이더를 늦게 온 대답이 되돌려 놓지 않게 한다.
        const held = document.activeElement === part.input && part.input.type === "range";
        if (first || !held || scene.error) part.load(...scene.values[part.name]);
      }
      first = false;
    },
  };
}

/** 이름과 수를 나란히. */
function drawCounts(box, counts) {
  box.replaceChildren(...counts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
