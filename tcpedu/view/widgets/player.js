// 순간을 트는 재생기. 파이썬이 순간마다 바뀌는 자리(slot)의 값을 보내면, 여기서는 차례로 옮겨 적기만 한다.

/** `data-slot`이 붙은 요소의 속성과 글을 바꾼다. */
function fillSlots(root, slots) {
  for (const [key, values] of Object.entries(slots))
    for (const node of root.querySelectorAll(`[data-slot="${key}"]`))
      for (const [name, value] of Object.entries(values)) {
        if (name === "text") node.textContent = value;
        else node.setAttribute(name, value);
      }
}

/** 이름과 값의 목록. `items`는 [이름, 자리, 견본의 모양] 꼴이다. */
function slotList(items, label) {
  return h("dl", { class: "numbers", "aria-label": label }, ...items.map(([name, key, swatch]) => h("div", {},
    h("dt", {}, swatch ? h("span", { class: `swatch ${swatch}`, "aria-hidden": "true" }) : null, name), h("dd", { "data-slot": key }))));
}

/** 그림의 모양과 그 뜻. */
const legendOf = (items) => h("div", { class: "bar legend" }, ...items.map(([kind, word]) => h("span", {}, h("span", { class: `swatch ${kind}` }), word)));

/** 재생기. `said`는 한 단계씩 볼 때 읽어 주는 줄이고, `shown(index)`은 순간을 보인 뒤에 불린다. */
function framePlayer(root, said, shown = () => {}) {
  const SECONDS = 14; // '보통'으로 처음부터 끝까지
  let frames = []; // [{time, clock, say, slots}], 자리는 모두 채운 것
  let index = 0;
  let left = 0; // 다음 순간까지 남은 초, '보통'의 빠르기로
  const slider = h("input", { type: "range", class: "moment-slider", min: 0, step: 1, "aria-label": "순간", oninput: () => {
    play.pause();
    seek(Number(slider.value));
  } });
  const time = h("span", { class: "time" });
  const speed = speedSelect([["0.4", "느리게"], ["1", "보통"], ["3", "빠르게"]], "1");
  const last = () => frames.length - 1;
  const play = makePlayback({
    ready: () => {
      if (index === last()) seek(0, true);
      left = 0;
    },
    tick: (passed) => {
      left -= passed * Number(speed.value);
      if (left > 0) return true;
      seek(index + 1, true);
      left = gap();
      return index < last();
    },
    changed: (on) => on || (said.textContent = frames[index].say),
  });
  const bar = playbackBar(play, { slider, time, speed, first: () => seek(0), step });

  /** 한꺼번에 일어난 일도 눈으로 좇을 수 있게, 조용한 동안은 지루하지 않게. */
  function gap() {
    const whole = frames[last()].time - frames[0].time || 1;
    const next = frames[Math.min(last(), index + 1)].time - frames[index].time;
    return Math.max(0.12, Math.min(1.5, (next / whole) * SECONDS));
  }

  function seek(to, quiet = false) {
    index = Math.max(0, Math.min(last(), to));
    const now = frames[index];
    fillSlots(root, now.slots);
    slider.value = index;
    time.textContent = `${now.clock} (${index + 1}/${frames.length})`;
    slider.setAttribute("aria-valuetext", `${time.textContent} ${now.say}`);
    if (!quiet) said.textContent = now.say;
    shown(index, now);
  }

  function step(by) {
    play.pause();
    seek(index + by);
  }

  return {
    bar, step, seek,
    pause: play.pause,
    toggle: play.toggle,
    index: () => index,
    time: () => frames[index].time,
    nearest: (at) => frames.reduce((best, one, i) => (one.time <= at ? i : best), 0),
    load: (changes, at) => {
      play.pause();
      let slots = {};
      frames = changes.map((change) => {
        slots = { ...slots };
        for (const [key, values] of Object.entries(change.slots)) slots[key] = { ...slots[key], ...values };
        return { ...change, slots };
      });
      bar.style.display = frames.length > 1 ? "" : "none";
      slider.max = last();
      seek(at, true);
    },
  };
}
