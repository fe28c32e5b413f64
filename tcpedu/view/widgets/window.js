// 윈도우와 버퍼: 설정을 파이썬에 보내고, 돌아온 순간들을 튼다.

function renderWindow({ model, el }) {
  const root = frame(el, "framed winview", model.get("title"));
  const alert = live("alert");
  const said = live("said");
  const summary = live("summary");
  const ask = asker(model, alert);
  const change = oneByOne(model, ask, (before, request) => (request.name && before.name === request.name ? request : null));
  const stage = h("div", { class: "stage", tabindex: "0", role: "slider", "aria-label": "순간", "aria-valuemin": 1 });
  const player = framePlayer(root, said, (index, now) => {
    stage.setAttribute("aria-valuenow", index + 1);
    stage.setAttribute("aria-valuetext", `${now.clock} ${now.say}`);
  });
  const first = model.get("scene");
  const tools = windowTools(model, change);
  root.append(tools.bar, player.bar, stage, said, legendOf(first.legend), h("div", { class: "columns" },
    ...[["보내는 쪽", first.sender], ["받는 쪽", first.receiver]].map(([name, items]) => h("div", {}, h("h5", {}, name), slotList(items, name)))),
    summary, alert, h("div", { class: "note" }, first.help));

  const keys = {
    ArrowRight: () => player.step(1), ArrowUp: () => player.step(1), ArrowLeft: () => player.step(-1), ArrowDown: () => player.step(-1),
    PageUp: () => player.step(10), PageDown: () => player.step(-10), Home: () => player.step(-Infinity), End: () => player.step(Infinity),
    " ": () => player.toggle(),
  };
  stage.addEventListener("keydown", (event) => {
    const handler = keys[event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    handler();
  });

  /** 그래프에서 누른 곳의 시각으로 간다. */
  function jump(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(stage.querySelector("svg").getScreenCTM().inverse());
    const [left, right, start, end] = model.get("scene").chart;
    player.pause();
    player.seek(player.nearest(start + ((at.x - left) / (right - left)) * (end - start)));
  }
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.classList.contains("chart-hit")) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    jump(event);
  });
  stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && jump(event));

  function draw() {
    const scene = model.get("scene");
    const at = stage.innerHTML ? player.time() : 0;
    stage.innerHTML = scene.svg;
    stage.setAttribute("aria-valuemax", scene.frames.length);
    tools.load(scene);
    player.load(scene.frames, 0);
    player.seek(player.nearest(at), true);
    said.textContent = "";
    summary.textContent = scene.summary;
  }
  model.on("change:scene", draw);
  draw();
  return () => {
    player.pause();
    ask.stop();
    change.stop();
    model.off("change:scene", draw);
  };
}

/** 설정을 바꾸는 슬라이더와 목록. */
function windowTools(model, change) {
  const scene = model.get("scene");
  const shown = (value, unit) => `${Number(Number(value).toFixed(1))}${unit}`;
  const sliders = scene.sliders.map(([name, word, value, min, max, step, unit]) => {
    const output = h("output", {}, shown(value, unit));
    const input = h("input", { type: "range", class: "setting", "data-name": name, min, max, step, "aria-label": word, oninput: () => {
      output.textContent = shown(input.value, unit);
      input.setAttribute("aria-valuetext", output.textContent);
      change({ name, value: input.value });
    } });
    return { input, output, unit, box: h("div", { class: "setting-box" }, h("span", {}, word), input, output) };
  });
  const selects = scene.choices.map(([name, word, , options]) => {
    const select = h("select", { "data-name": name, "aria-label": word, onchange: () => change({ name, value: select.value }) },
      ...options.map(([value, text]) => h("option", { value }, text)));
    return { select, box: h("label", {}, `${word} `, select) };
  });
  const reset = h("button", { type: "button", class: "reset", onclick: () => change({ do: "reset" }) }, "처음 값으로");
  const bar = h("div", { role: "group", "aria-label": "설정" }, h("div", { class: "settings" }, ...sliders.map((one) => one.box)),
    h("div", { class: "bar" }, ...selects.map((one) => one.box), reset));
  return {
    bar,
    load: (loaded) => {
      reset.disabled = !loaded.changed;
      loaded.sliders.forEach(([, , value], index) => {
        const { input, output, unit } = sliders[index];
        // 끌고 있는 슬라이더를 늦게 온 대답이 되돌려 놓지 않게 한다.
        if (document.activeElement === input && !loaded.error) return;
        input.value = value;
        output.textContent = shown(value, unit);
        input.setAttribute("aria-valuetext", output.textContent);
      });
      loaded.choices.forEach(([, , value], index) => (selects[index].select.value = value));
    },
  };
}
