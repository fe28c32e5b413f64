// 손실률 탐색기: 사다리 그림 위에 손실률과 네 가지 수를 더한다.

function renderLoss({ model, el }) {
  let forget = () => {};
  const stop = renderLadder({ model, el }, (ask) => {
    const [bar, update, stopAsking] = lossControls(model, ask);
    model.on("change:scene", update);
    forget = () => {
      model.off("change:scene", update);
      stopAsking();
    };
    return bar;
  });
  return () => {
    forget();
    stop();
  };
}

function lossControls(model, ask) {
  const change = oneByOne(model, ask, (before, request) => (before.do === request.do && request.do === "rate" ? request : null));
  const percent = (rate) => `${Math.round(rate * 100)}%`;
  const rate = h("output", { class: "rate" });
  const slider = h("input", { type: "range", class: "loss-slider", min: 0, max: 50, step: 1, "aria-label": "손실률", oninput: () => {
    rate.textContent = percent(slider.value / 100);
    slider.setAttribute("aria-valuetext", rate.textContent);
    change({ do: "rate", rate: slider.value / 100 });
  } });
  const again = h("button", { type: "button", class: "again-button", onclick: () => change({ do: "seed" }) }, "다시 뽑기");
  const counts = h("dl", { class: "counts", role: "status", "aria-live": "polite", "aria-label": "결과" });
  const box = h("div", {}, h("div", { class: "bar" }, h("span", {}, "손실률"), slider, rate, again), counts);
  function update() {
    const scene = model.get("scene");
    // 끌고 있는 슬라이더를 늦게 온 대답이 되돌려 놓지 않게 한다.
    if (document.activeElement !== slider || !rate.textContent) {
      slider.value = scene.rate * 100;
      rate.textContent = percent(scene.rate);
    }
    slider.setAttribute("aria-valuetext", rate.textContent);
    counts.replaceChildren(...scene.counts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }
  update();
  return [box, update, change.stop];
}
