// 조절 막대가 있는 위젯의 뼈대: 막대, 수, 그림, 알림을 놓고 장면이 바뀔 때마다 다시 그린다.

/** `build`는 `place(…)`로 요소들을 놓고 `{ draw(scene), stop() }`을 돌려준다. 여기서 돌려주는 것은 치우는 함수다. */
function tuned({ model, el }, kind, build) {
  const root = frame(el, kind, model.get("title"));
  root.classList.add("tuned");
  const alert = live("alert");
  const ask = asker(model, alert);
  const sender = latest(model, ask);
  const controls = makeControls(model.get("scene").controls, sender);
  const stage = h("div", { class: "stage" });
  const counts = h("dl", { class: "counts", "aria-label": "지금까지의 수" });
  const { draw, stop } = build({ root, ask, sender, stage, counts, place: (...nodes) => root.append(controls.box, ...nodes, alert) });
  const redraw = () => {
    const scene = model.get("scene");
    controls.load(scene.controls);
    draw(scene);
  };
  model.on("change:scene", redraw);
  redraw();
  return () => {
    stop?.();
    sender.stop();
    ask.stop();
    model.off("change:scene", redraw);
  };
}

/** 이름과 수를 나란히. */
function drawCounts(box, counts) {
  box.replaceChildren(...counts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}
