// 혼잡 제어 실험실: 조절 막대, 시간 도표, 견주는 표, 공정성 평면을 잇는다.

const renderCongestionLab = (view) => tuned(view, "experiment", ({ ask, alert, working, place }) => {
  const time = makeTimeline();
  const result = h("table", { class: "result", "aria-label": "견주는 표" });
  const pinned = h("div", { class: "note" });
  const plane = h("div", { class: "plane" });
  const help = h("div", { class: "note" });
  const pin = (slot) => h("button", { type: "button", class: `pin${slot}`, onclick: () => ask({ do: "pin", slot }) }, `${slot}에 담기`);
  const clear = h("button", { type: "button", class: "unpin", onclick: () => ask({ do: "unpin" }) }, "담은 것 비우기");
  place(time.bar, alert, time.stage, help,
    h("div", { class: "split" }, h("div", { class: "wide" }, time.values), plane),
    h("div", { class: "bar", role: "toolbar", "aria-label": "견주기" }, "지금의 결과를", pin("A"), pin("B"), clear, working),
    h("div", { class: "wide" }, result), pinned);
  return {
    draw: (scene) => {
      time.load(scene);
      help.textContent = scene.help;
      fillTable(result, scene.heads, scene.table);
      pinned.replaceChildren(...scene.pinned.map((line) => h("div", {}, line)));
      clear.disabled = !scene.pinned.length;
      plane.innerHTML = scene.plane;
      if (scene.plane) plane.append(h("div", { class: "note" }, scene.jain));
    },
    stop: time.pause,
  };
});
