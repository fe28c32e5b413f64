// 나눠 쓰고 기다리기: 그림은 파이썬이 그리고, 여기서는 조절 막대와 고정 단추를 잇는다.

const renderNagleTimeline = (view) => tuned(view, "tuned nagle-timeline", ({ ask, stage, counts, place }) => {
  const told = live("note");
  const steps = h("ol", { class: "steps" });
  const help = h("div", { class: "note" });
  const unpin = h("button", { type: "button", class: "unpin", onclick: () => ask({ do: "unpin" }) }, "고정 모두 풀기");
  place(
    h("div", { class: "bar", role: "toolbar", "aria-label": "견주기" },
      h("button", { type: "button", class: "pin", onclick: () => ask({ do: "pin" }) }, "지금 설정을 고정"), unpin,
      h("button", { type: "button", class: "reset", onclick: () => ask({ do: "reset" }) }, "설정을 처음으로")),
    counts, stage, told, h("details", {}, h("summary", {}, "일어난 일을 글로 보기"), steps), help);
  return {
    draw: (scene) => {
      stage.innerHTML = scene.svg;
      unpin.disabled = !scene.pinned;
      told.textContent = scene.summary;
      help.textContent = scene.help;
      drawCounts(counts, scene.counts);
      steps.replaceChildren(...scene.steps.map((text) => h("li", {}, text)));
    },
  };
});
