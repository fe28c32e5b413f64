// SYN 플러드: 파이썬이 흘려 본 것을 시각에 맞추어 튼다. 표의 자리와 수는 모두 파이썬이 적어 준 것이다.

const renderSynBacklog = (view) => tuned(view, "tuned syn-backlog", ({ ask, stage, counts, place }) => {
  const log = live("log");
  const note = h("div", { class: "note" });
  const time = h("span", { class: "time" });
  let scene = view.model.get("scene");
  let now = scene.at;

  const slider = h("input", { type: "range", class: "clock", min: 0, max: 1000, "aria-label": "시각", oninput: () => {
    play.pause();
    seek((slider.value / 1000) * scene.end);
  } });
  const speed = speedSelect([["1", "실제 빠르기"], ["3", "3배"], ["10", "10배"]], "3");
  const play = makePlayback({
    ready: () => {
      if (now >= scene.end) now = 0;
    },
    tick: (passed) => {
      seek(now + passed * Number(speed.value));
      return now < scene.end;
    },
    changed: (on) => on || seek(now),
  });
  const reset = h("button", { type: "button", class: "reset", onclick: () => { play.pause(); ask({ do: "reset" }); } }, "설정을 처음으로");
  place(playbackBar(play, { slider, time, speed, first: () => seek(0), step, more: [reset] }), counts, stage, log, note);

  const last = (rows) => rows.findLastIndex((row) => row[0] <= now + 1e-9);

  /** 그 시각의 표, 수, 세로선. 읽어 주는 줄은 틀고 있는 동안에는 바꾸지 않는다. */
  function seek(to) {
    now = Math.max(0, Math.min(scene.end, to));
    const [at, ...row] = scene.frames[last(scene.frames)]; // 자리도 수와 같은 때의 것을 그린다
    const used = new Map(scene.slots.filter((slot) => slot[1] <= at && at < slot[2]).map((slot) => [slot[0], slot[3] ? "attack" : "honest"]));
    stage.querySelectorAll(".slot").forEach((node, place) => {
      node.classList.remove("free", "attack", "honest");
      node.classList.add(used.get(place) ?? "free");
    });
    const [left, width] = scene.axis;
    stage.querySelector(".playhead").setAttribute("transform", `translate(${left + (width * now) / scene.end} 0)`);
    slider.value = Math.round((now / scene.end) * 1000);
    time.textContent = `${now.toFixed(1)}초`;
    slider.setAttribute("aria-valuetext", time.textContent);
    drawCounts(counts, scene.labels.map((label, index) => [label, row[index]]));
    if (!play.playing()) tell(row);
  }

  function tell(row) {
    const at = last(scene.log);
    const recent = scene.log.slice(Math.max(0, at - 2), at + 1).map(([, text]) => h("div", {}, text));
    const all = scene.labels.map((label, index) => `${label} ${row[index]}`).join(", ");
    log.replaceChildren(h("span", { class: "sr-only" }, `${time.textContent}: ${all}`), ...(recent.length ? recent : ["아직 온 클라이언트가 없습니다."]));
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
    stop: play.pause,
  };
});
