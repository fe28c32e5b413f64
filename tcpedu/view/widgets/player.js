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

/**
 * 부탁을 하나씩 보낸다. 대답을 기다리는 동안의 부탁은 `join(앞, 뒤)`으로 합쳐, 끄는 동안 커널에 일이 쌓이지 않게 한다.
 * 합칠 수 없으면 `join`은 null을 돌려준다.
 */
function oneByOne(model, ask, join) {
  let since = 0; // 기다리기 시작한 때. 0이면 기다리지 않는다
  let waiting = [];
  const next = () => {
    since = waiting.length ? performance.now() : 0;
    if (since) ask(waiting.shift());
  };
  const send = (request) => {
    const joined = waiting.length ? join(waiting[waiting.length - 1], request) : null;
    if (joined) waiting.pop();
    waiting.push(joined ?? request);
    if (since && performance.now() - since > 3000) waiting = waiting.slice(-1); // 커널이 없다
    else if (since) return;
    next();
  };
  model.on("change:scene", next);
  send.stop = () => model.off("change:scene", next);
  return send;
}

/** 재생기. `said`는 한 단계씩 볼 때 읽어 주는 줄이고, `shown(index)`은 순간을 보인 뒤에 불린다. */
function framePlayer(root, said, shown = () => {}) {
  const SECONDS = 14; // '보통'으로 처음부터 끝까지
  let frames = []; // [{time, clock, say, slots}], 자리는 모두 채운 것
  let index = 0;
  let timer = 0;
  const button = (kind, text, onclick) => h("button", { type: "button", class: kind, onclick }, text);
  const play = button("motion play", "▶ 재생", () => (timer ? pause() : start()));
  const slider = h("input", { type: "range", class: "moment-slider", min: 0, step: 1, "aria-label": "순간", oninput: () => {
    pause();
    seek(Number(slider.value));
  } });
  const time = h("span", { class: "time" });
  const speed = h("select", { class: "motion", "aria-label": "빠르기" },
    ...[["0.4", "느리게"], ["1", "보통"], ["3", "빠르게"]].map(([value, text]) => h("option", { value, selected: value === "1" }, text)));
  const bar = h("div", { class: "bar", role: "toolbar", "aria-label": "재생" },
    button("first", "처음으로", () => { pause(); seek(0); }), button("back", "◀ 한 단계", () => step(-1)), play,
    button("forward", "한 단계 ▶", () => step(1)), slider, time, speed);

  function seek(to, quiet = false) {
    index = Math.max(0, Math.min(frames.length - 1, to));
    const now = frames[index];
    fillSlots(root, now.slots);
    slider.value = index;
    time.textContent = `${now.clock} (${index + 1}/${frames.length})`;
    slider.setAttribute("aria-valuetext", `${time.textContent} ${now.say}`);
    if (!quiet) said.textContent = now.say;
    shown(index, now);
  }

  function start() {
    if (index === frames.length - 1) seek(0, true);
    play.textContent = "❚❚ 멈춤";
    const whole = frames[frames.length - 1].time - frames[0].time || 1;
    const tick = () => {
      seek(index + 1, true);
      if (index === frames.length - 1) return pause();
      const gap = ((frames[index + 1].time - frames[index].time) / whole) * SECONDS * 1000;
      // 한꺼번에 일어난 일도 눈으로 좇을 수 있게, 조용한 동안은 지루하지 않게.
      timer = setTimeout(tick, Math.max(120, Math.min(1500, gap)) / Number(speed.value));
    };
    timer = setTimeout(tick, 0);
  }

  function pause() {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    play.textContent = "▶ 재생";
    said.textContent = frames[index].say;
  }

  function step(by) {
    pause();
    seek(index + by);
  }

  return {
    bar, step, pause, seek,
    toggle: () => (timer ? pause() : start()),
    index: () => index,
    time: () => frames[index].time,
    nearest: (at) => frames.reduce((best, one, i) => (one.time <= at ? i : best), 0),
    load: (changes, at) => {
      pause();
      let slots = {};
      frames = changes.map((change) => {
        slots = { ...slots };
        for (const [key, values] of Object.entries(change.slots)) slots[key] = { ...slots[key], ...values };
        return { ...change, slots };
      });
      bar.style.display = frames.length > 1 ? "" : "none";
      slider.max = frames.length - 1;
      seek(at, true);
    },
  };
}
