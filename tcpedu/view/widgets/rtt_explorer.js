// RTO 탐색기: 끈 점의 높이를 파이썬에 알린다. 그 높이가 몇 초인지도, 그다음의 RTO도 파이썬이 셈한다.

const renderRttExplorer = (view) => tuned(view, "tuned rtt-explorer", ({ ask, sender, stage, counts, place }) => {
  const told = live("probe");
  const summary = h("div", { class: "note" });
  const help = h("div", { class: "note" });
  let chosen = 0;
  let dragged = null; // 끌고 있는 점
  let scene = view.model.get("scene");
  place(
    h("div", { class: "bar", role: "toolbar", "aria-label": "표본" },
      h("button", { type: "button", class: "again-button", onclick: () => ask({ do: "seed" }) }, "들쭉날쭉하게 다시 뽑기"),
      h("button", { type: "button", class: "lose", onclick: () => ask({ do: "lose", index: chosen }) }, "고른 표본 잃기"),
      h("button", { type: "button", class: "reset", onclick: () => ask({ do: "reset" }) }, "처음으로 되돌리기")),
    counts, stage, told, summary, help);

  const handles = () => [...stage.querySelectorAll(".handle")];
  const indexOf = (event) => Number(event.target.closest?.(".handle")?.dataset.index ?? NaN);

  function choose(index, focus) {
    const all = handles();
    chosen = Math.max(0, Math.min(all.length - 1, index));
    all.forEach((node, at) => {
      node.setAttribute("tabindex", at === chosen ? "0" : "-1");
      node.classList.toggle("chosen", at === chosen);
    });
    told.textContent = scene.details[chosen];
    if (focus) all[chosen].focus({ preventScroll: true });
  }

  const keys = {
    ArrowLeft: () => choose(chosen - 1, true),
    ArrowRight: () => choose(chosen + 1, true),
    Home: () => choose(0, true),
    End: () => choose(Infinity, true),
    ArrowUp: () => ask({ do: "nudge", index: chosen, by: 1 }),
    ArrowDown: () => ask({ do: "nudge", index: chosen, by: -1 }),
    PageUp: () => ask({ do: "nudge", index: chosen, by: 5 }),
    PageDown: () => ask({ do: "nudge", index: chosen, by: -5 }),
    l: () => ask({ do: "lose", index: chosen }),
  };
  stage.addEventListener("keydown", (event) => {
    const key = event.code === "KeyL" ? "l" : event.key; // 한글 자판에서도 같은 글쇠다
    if (!keys[key] || Number.isNaN(indexOf(event)) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[key]();
  });
  stage.addEventListener("focusin", (event) => !Number.isNaN(indexOf(event)) && choose(indexOf(event)));

  function height(event) {
    const drawing = stage.querySelector("svg");
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse()).y;
  }
  stage.addEventListener("pointerdown", (event) => {
    const index = indexOf(event);
    if (Number.isNaN(index) || event.button) return;
    event.preventDefault();
    choose(index, true);
    dragged = { index };
    stage.setPointerCapture(event.pointerId); // 점은 다시 그려지므로, 다시 그려지지 않는 바탕이 잡는다
  });
  stage.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    dragged.y = height(event);
    handles()[dragged.index].setAttribute("cy", dragged.y);
    sender.set(`y ${dragged.index}`, dragged.y);
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => {
    if (!dragged) return;
    if (dragged.y !== undefined) sender.set("dropped", true);
    choose(dragged.index, true); // 끄는 동안 초점을 빼앗겼어도 이어서 화살표로 다듬을 수 있게
    dragged = null;
  });

  return {
    draw: (loaded) => {
      scene = loaded;
      const held = dragged !== null || stage.contains(document.activeElement);
      stage.innerHTML = scene.svg;
      drawCounts(counts, scene.counts);
      summary.textContent = scene.summary;
      help.textContent = scene.help;
      choose(chosen, held);
    },
  };
});
