// 조절 막대와 그림 하나인 위젯: 그림과 셈은 파이썬이 하고, 여기서는 조절 막대를 잇는다.

const renderTunedPicture = (view) => tuned(view, "tuned", ({ ask, stage, counts, place }) => {
  const told = live("note");
  const help = h("div", { class: "note" });
  place(
    h("div", { class: "bar", role: "toolbar", "aria-label": "설정" },
      h("button", { type: "button", class: "reset", onclick: () => ask({ do: "reset" }) }, "설정을 처음으로")),
    counts, stage, told, help);
  return {
    draw: (scene) => {
      stage.innerHTML = scene.svg;
      told.textContent = scene.summary;
      help.textContent = scene.help;
      drawCounts(counts, scene.counts);
    },
  };
});
