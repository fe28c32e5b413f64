// 큐와 지연: 큐 넷의 그림을 나란히 놓고 커서 하나로 함께 읽는다.

function renderQueueDelay({ model, el }) {
  const root = frame(el, "experiment", model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const busy = makeBusy(root);
  const sender = latest(model, ask, busy.set);
  const controls = makeControls(model.get("scene").controls, sender);
  const time = makeTimeline();
  const result = h("table", { class: "result", "aria-label": "견주는 표" });
  const help = h("div", { class: "note" });
  time.stage.classList.add("side");
  root.append(controls.box, time.bar, alert, time.stage, help, h("div", { class: "wide" }, time.values),
    h("div", { class: "wide" }, result));
  time.bar.append(busy.line);

  function draw() {
    const scene = model.get("scene");
    controls.load(scene.controls);
    time.load(scene);
    [...time.stage.children].forEach((chart, index) => chart.classList.toggle("stale", (scene.stale ?? []).includes(index)));
    help.textContent = scene.help;
    fillTable(result, scene.heads, scene.table);
  }
  model.on("change:scene", draw);
  draw();
  return () => {
    time.pause();
    sender.stop();
    ask.stop();
    model.off("change:scene", draw);
  };
}
