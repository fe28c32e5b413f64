// SYN 플러드: 파이썬이 흘려 본 것을 시각에 맞추어 튼다. 표의 자리와 수는 모두 파이썬이 적어 준 것이다.

const renderSynBacklog = (view) => tuned(view, "syn-backlog", ({ ask, stage, counts, place }) => {
  const log = live("log");
  const note = h("div", { class: "note" });
  const time = h("span", { class: "time" });
  let scene = view.model.get("scene");
  let now = scene.at;
  let frameId = 0;

  const slider = h("input", { type: "range", class: "clock", min: 0, max: 1000, "aria-label": "시각", oninput: () => {
    pause();
    seek((slider.value / 1000) * scene.end);
  } });
  const play = h("button", { type: "button", class: "motion play", onclick: () => (frameId ? pause() : start()) }, "▶ 재생");
  const speed = h("select", { class: "motion", "aria-label": "빠르기" },
    ...[["1", "실제 빠르기"], ["3", "3배"], ["10", "10배"]].map(([value, text]) => h("option", { value, selected: value === "3" }, text)));
  const button = (kind, text, act) => h("button", { type: "button", class: kind, onclick: () => { pause(); act(); } }, text);
  place(
    h("div", { class: "bar", role: "toolbar", "aria-label": "재생" },
      button("first", "처음으로", () => seek(0)), button("back", "◀ 한 단계", () => step(-1)), play,
      button("forward", "한 단계 ▶", () => step(1)), slider, time, speed,
      button("reset", "설정을 처음으로", () => ask({ do: "reset" }))),
    counts, stage, log, note);

  const last = (rows) => rows.findLastIndex((row) => row[0] <= now + 1e-9);

  /** 그 시각의 표, 수, 세로선. 읽어 주는 줄은 틀고 있는 동안에는 바꾸지 않는다. */
  function seek(to) {
    now = Math.max(0, Math.min(scene.end, to));
    const used = new Map(scene.slots.filter((slot) => slot[1] <= now && now < slot[2]).map((slot) => [slot[0], slot[3] ? "attack" : "honest"]));
    stage.querySelectorAll(".slot").forEach((node, place) => {
      node.classList.remove("free", "attack", "honest");
      node.classList.add(used.get(place) ?? "free");
    });
    const [left, width] = scene.axis;
    stage.querySelector(".playhead").setAttribute("transform", `translate(${left + (width * now) / scene.end} 0)`);
    slider.value = Math.round((now / scene.end) * 1000);
    time.textContent = `${now.toFixed(1)}초`;
    slider.setAttribute("aria-valuetext", time.textContent);
    const row = scene.frames[last(scene.frames)].slice(1);
    drawCounts(counts, scene.labels.map((label, index) => [label, row[index]]));
    if (!frameId) tell(row);
  }

  function tell(row) {
    const at = last(scene.log);
    const recent = scene.log.slice(Math.max(0, at - 2), at + 1).map(([, text]) => h("div", {}, text));
    const all = scene.labels.map((label, index) => `${label} ${row[index]}`).join(", ");
    log.replaceChildren(h("span", { class: "sr-only" }, `${time.textContent}: ${all}`), ...(recent.length ? recent : ["아직 온 클라이언트가 없습니다."]));
  }

  function start() {
    if (now >= scene.end) now = 0;
    let before = performance.now();
    const tick = (moment) => {
      const to = now + ((moment - before) / 1000) * Number(speed.value);
      before = moment;
      if (to >= scene.end) pause();
      else frameId = requestAnimationFrame(tick);
      seek(to);
    };
    frameId = requestAnimationFrame(tick);
    play.textContent = "❚❚ 멈춤";
  }

  function pause() {
    cancelAnimationFrame(frameId);
    const was = frameId;
    frameId = 0;
    play.textContent = "▶ 재생";
    if (was) seek(now);
  }

  function step(by) {
    const times = scene.frames.map((row) => row[0]);
    seek((by > 0 ? times.find((at) => at > now + 1e-6) : times.findLast((at) => at < now - 1e-6)) ?? now);
  }

  return {
    draw: (loaded) => {
      scene = loaded;
      stage.innerHTML = scene.svg;
      note.textContent = scene.help;
      seek(now);
    },
    stop: pause,
  };
});
