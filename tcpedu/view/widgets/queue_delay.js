// 큐와 지연: 큐 넷의 그림을 나란히 놓고 커서 하나로 함께 읽는다.

const renderQueueDelay = (view) => tuned(view, "experiment", ({ alert, working, place }) => {
  const time = makeTimeline();
  const result = h("table", { class: "result", "aria-label": "견주는 표" });
  const help = h("div", { class: "note" });
  time.stage.classList.add("side");
  time.bar.append(working);
  place(time.bar, alert, time.stage, help, h("div", { class: "wide" }, time.values), h("div", { class: "wide" }, result));
  return {
    draw: (scene) => {
      time.load(scene);
      [...time.stage.children].forEach((chart, index) => chart.classList.toggle("stale", (scene.stale ?? []).includes(index)));
      help.textContent = scene.help;
      fillTable(result, scene.heads, scene.table);
    },
    stop: time.pause,
  };
});
