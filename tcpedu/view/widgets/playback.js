// 재생: 틀고 멈추는 단추, 처음으로, 한 단계씩, 슬라이더, 빠르기. 무엇을 보일지는 부르는 쪽이 정한다.

/**
 * `tick(지난 초)`은 화면의 한 장마다 불리고, 더 틀 것이 없으면 false를 돌려준다. `changed(트는 중인가)`는 틀거나 멈춘 뒤에 불린다.
 * 틀기 바로 앞에 `ready()`를 부른다: 끝에 있으면 처음으로 돌아갈 때다.
 */
function makePlayback({ tick, ready = () => {}, changed = () => {} }) {
  let frameId = 0;
  const button = h("button", { type: "button", class: "motion play", onclick: () => toggle() }, "▶ 재생");

  function start() {
    ready();
    let before = performance.now();
    const frame = (now) => {
      const passed = (now - before) / 1000;
      before = now;
      frameId = requestAnimationFrame(frame);
      if (tick(passed) === false) pause();
    };
    frameId = requestAnimationFrame(frame);
    button.textContent = "❚❚ 멈춤";
    changed(true);
  }

  function pause() {
    if (!frameId) return;
    cancelAnimationFrame(frameId);
    frameId = 0;
    button.textContent = "▶ 재생";
    changed(false);
  }

  const toggle = () => (frameId ? pause() : start());
  return { button, pause, toggle, playing: () => frameId !== 0 };
}

/** 빠르기를 고르는 목록. `speeds`는 [배수, 글] 꼴이고 `usual`이 처음 것이다. */
const speedSelect = (speeds, usual) => h("select", { class: "motion", "aria-label": "빠르기" },
  ...speeds.map(([value, text]) => h("option", { value, selected: value === usual }, text)));

/** 처음으로, ◀ 한 단계, ▶ 재생, 한 단계 ▶, 슬라이더, 시각, 빠르기를 놓은 줄. 누르면 먼저 멈춘다. */
function playbackBar(play, { slider, time, speed, first, step, more = [] }) {
  const button = (kind, text, act) => h("button", { type: "button", class: kind, onclick: () => { play.pause(); act(); } }, text);
  return h("div", { class: "bar", role: "toolbar", "aria-label": "재생" },
    button("first", "처음으로", first), button("back", "◀ 한 단계", () => step(-1)), play.button,
    button("forward", "한 단계 ▶", () => step(1)), slider, time, speed, ...more);
}
