// 조절 막대가 있는 위젯의 뼈대: 막대, 수, 그림, 알림을 놓고 장면이 바뀔 때마다 다시 그린다.

/**
 * `kind`는 모양의 이름들이다. `build`는 `place(…)`로 요소들을 놓고 `{ draw(scene), stop() }`을 돌려준다. 여기서 돌려주는 것은 치우는 함수다.
 * `alert`와, 계산하는 동안 그렇다고 알리는 `working`은 `place`에 넣은 곳에, 넣지 않았으면 `alert`만 맨 아래에 보인다.
 */
function tuned({ model, el }, kind, build) {
  const root = frame(el, kind, model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const working = h("span", { class: "busy", role: "status", "aria-live": "polite" });
  const sender = settingSender(model, ask, (on) => {
    root.classList.toggle("computing", on); // 잠깐 걸리는 것에는 흐려지지 않는다
    working.textContent = on ? "계산 중…" : "";
  });
  const controls = makeControls(model.get("scene").controls, sender);
  const stage = h("div", { class: "stage" });
  const counts = h("dl", { class: "counts", "aria-label": "지금까지의 수" });
  const { draw, stop } = build({ root, ask, sender, stage, counts, alert, working, place: (...nodes) => {
    root.append(controls.box, ...nodes);
    if (!root.contains(alert)) root.append(alert);
  } });
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

/** 글로 된 표. 첫 칸은 줄의 이름이다. */
function fillTable(node, heads, rows) {
  node.replaceChildren(h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", {}, cell))))));
}
