// 상태 탐색기: 장면마다의 상태와 할 수 있는 일을 파이썬이 셈해 준다. 여기서는 장면을 넘기고, 고른 일을 알린다.

function renderStates({ model, el }) {
  const root = frame(el, "states", model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const stage = h("div", { class: "stage", tabindex: "0", role: "group", "aria-label": "사다리 그림", style: `max-height:${model.get("height")}px` });
  const panels = h("div", { class: "panels" });
  const scrubber = makeScrubber(stage, panels);
  const map = h("div", { class: "map" });
  const rule = live("rule");
  const calls = ["A", "B"].map(() => h("div", { class: "calls", role: "group" }));
  const air = h("div", { class: "air", role: "group", "aria-label": "날고 있는 세그먼트와 타이머" });
  const legend = h("div", { class: "note" });
  const bar = sceneBar();
  root.append(bar.node, rule, h("div", { class: "table" }, panels, ...calls, air), alert,
    h("div", { class: "pictures" }, map, stage), legend);

  const fixed = model.get("fixed");
  let scene = model.get("scene");
  let at = 0;
  map.innerHTML = fixed.map;

  function draw() {
    scene = model.get("scene");
    stage.innerHTML = scene.svg;
    scrubber.load(scene);
    bar.load();
    go(scene.at);
  }

  /** 장면을 보인다. 마지막이면 그림을 끝까지 그린다. */
  function go(index) {
    at = Math.max(0, Math.min(scene.frames.length - 1, index));
    const frame = scene.frames[at];
    const active = document.activeElement;
    const group = root.contains(active) && active.closest(".calls, .air, .bar");
    scrubber.seek(at === scene.frames.length - 1 ? scene.height : frame.y);
    mark(frame);
    const name = at ? `장면 ${at}/${scene.frames.length - 1} · ${frame.label}` : "처음";
    rule.replaceChildren(h("b", {}, name), ...frame.rows.map((row) => h("div", {}, at ? "RFC 문장: " : "", row)));
    ["A", "B"].forEach((end, i) => {
      calls[i].setAttribute("aria-label", `${fixed.ends[end]}의 호출`);
      calls[i].replaceChildren(...frame.calls.filter((call) => call[1] === end).map(([key, , label]) => act(key, label, fixed.ends[end])));
    });
    air.replaceChildren(...(frame.air.length ? frame.air.map(([text, fates]) =>
      h("div", { class: "row" }, h("span", {}, text), ...fates.map(([key, label]) => act(key, label, text)))) : ["날고 있는 세그먼트와 걸린 타이머가 없습니다."]));
    bar.show();
    if (group) keepFocus(group, active);
  }

  // 눌렀던 단추는 사라지거나 꺼졌을 수 있다. 초점이 위젯 밖으로 나가면 글쇠가 노트북으로 샌다.
  function keepFocus(group, active) {
    if (active.isConnected && !active.disabled) return;
    const key = active.dataset.key;
    const next = key && (group.querySelector(`[data-key="${key}"]`) ?? group.querySelector("button"));
    (next ?? stage).focus({ preventScroll: true });
  }

  const act = (key, label, where) =>
    h("button", { type: "button", "data-key": key, "aria-label": `${where}: ${label}`, onclick: () => ask({ do: "act", at, key }) }, label);

  function mark(frame) {
    const drawing = map.firstElementChild;
    for (const node of map.querySelectorAll("[data-mark]")) node.classList.toggle("last", frame.marks.includes(node.dataset.mark));
    const here = Object.values(frame.states);
    for (const node of map.querySelectorAll(".node")) node.classList.toggle("here", here.includes(node.dataset.state));
    for (const node of map.querySelectorAll(".token")) {
      const [x, y] = fixed.places[frame.states[node.dataset.end]];
      node.setAttribute("transform", `translate(${x} ${y + Number(node.dataset.dy)})`);
    }
    const told = Object.entries(frame.states).map(([end, state]) => `${fixed.ends[end]}: ${state} (${fixed.korean[state]})`);
    drawing.setAttribute("aria-label", `상태 다이어그램. ${told.join(", ")}`);
    drawing.firstElementChild.classList.toggle("textbook", model.get("textbook"));
    legend.replaceChildren(...[...(model.get("textbook") ? [fixed.book] : []), ...fixed.notes].map((text) => h("div", {}, text)));
  }

  function sceneBar() {
    const button = (kind, text, onclick) => h("button", { type: "button", class: kind, onclick }, text);
    const preset = h("select", { class: "preset", "aria-label": "상황", onchange: () => preset.value && ask({ do: "preset", name: preset.value }) });
    const reset = button("reset", "처음으로", () => ask({ do: "reset" }));
    const undo = button("undo", "한 걸음 무르기", () => ask({ do: "undo", at }));
    const back = button("back", "◀ 지난 장면", () => go(at - 1));
    const next = button("next", "다음 장면 ▶", () => go(at + 1));
    const slider = h("input", { type: "range", class: "scene-slider", min: 0, "aria-label": "장면", oninput: () => go(Number(slider.value)) });
    const book = button("textbook", "교과서 그림과 견주기", () => {
      model.set("textbook", !model.get("textbook"));
      model.save_changes();
      bar.show();
      mark(scene.frames[at]);
    });
    const node = h("div", { class: "bar", role: "toolbar", "aria-label": "장면" }, preset, reset, undo, back, next, slider, book);
    return {
      node, next, undo, reset,
      load: () => {
        if (!preset.options.length) preset.append(h("option", { value: "" }, "상황 고르기"), ...fixed.presets.map((name) => h("option", { value: name }, name)));
        slider.max = scene.frames.length - 1;
      },
      show: () => {
        slider.value = at;
        slider.setAttribute("aria-valuetext", `장면 ${at}, 마지막은 ${scene.frames.length - 1}`);
        undo.disabled = back.disabled = at === 0;
        next.disabled = at === scene.frames.length - 1;
        book.setAttribute("aria-pressed", String(model.get("textbook")));
      },
    };
  }

  const keys = { ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), u: () => bar.undo.click(), r: () => bar.reset.click() };
  root.addEventListener("keydown", (event) => {
    const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
    event.preventDefault();
    handler();
  });

  model.on("change:scene", draw);
  draw();
  return () => {
    ask.stop();
    model.off("change:scene", draw);
  };
}
