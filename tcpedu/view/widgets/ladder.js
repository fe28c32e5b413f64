// 사다리 그림: 파이썬이 그려 준 SVG를 틀고, 멈추고, 누른 세그먼트를 파이썬에 알린다. 자리와 숫자는 셈하지 않는다.

function renderLadder({ model, el }, controls = null) {
  const root = frame(el, "ladder", model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const stage = h("div", { class: "stage", tabindex: "-1", role: "group", "aria-label": "사다리 그림", style: `max-height:${model.get("height")}px` });
  const detail = live("detail");
  const panels = h("div", { class: "panels" });
  const floor = h("div", { class: "floor" }, panels, stage);
  const player = makePlayer(stage, panels);
  const mode = makeMode(model, ask);
  root.append(...[controls?.(ask), player.bar, mode.bar, floor, detail, alert].filter(Boolean));

  const segments = () => [...stage.querySelectorAll(".segment")];
  const chosenNumber = (event) => event.target.closest?.(".segment")?.dataset.number;

  function draw(focus) {
    const scene = model.get("scene");
    stage.innerHTML = scene.svg;
    stage.classList.toggle("live", scene.clickable);
    player.load(scene);
    mode.load(scene);
    if (focus) stage.querySelector(`.segment[data-number="${focus}"]`)?.focus({ preventScroll: true });
    show(focus);
  }

  function show(number) {
    const scene = model.get("scene");
    const found = scene.details[number];
    for (const segment of segments()) segment.classList.toggle("chosen", segment.dataset.number === String(number));
    if (!found) {
      detail.replaceChildren(h("div", {}, scene.summary), h("div", { class: "note" }, scene.help));
      return;
    }
    const fields = found.fields.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
    detail.replaceChildren(h("div", {}, h("b", {}, found.title), ` · ${found.fate}`), h("dl", {}, ...fields));
  }

  function act(number, what) {
    if (!number || !model.get("scene").clickable) return;
    ask({ do: what, number: Number(number), by: mode.amount() });
  }

  function move(event, by) {
    const all = segments();
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(event.target.closest(".segment")) + by))];
    next?.focus();
  }

  const keys = {
    Enter: (event) => act(chosenNumber(event), mode.name()),
    " ": (event) => act(chosenNumber(event), mode.name()),
    d: (event) => act(chosenNumber(event), "delay"),
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    ArrowRight: () => player.step(1),
    ArrowLeft: () => player.step(-1),
  };
  stage.addEventListener("keydown", (event) => {
    const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    handler(event);
  });
  stage.addEventListener("click", (event) => act(chosenNumber(event), mode.name()));
  stage.addEventListener("mouseover", (event) => chosenNumber(event) && show(chosenNumber(event)));
  stage.addEventListener("focusin", (event) => chosenNumber(event) && show(chosenNumber(event)));

  const redraw = () => draw(document.activeElement?.closest?.(".segment")?.dataset.number);
  model.on("change:scene", redraw);
  draw();
  return () => {
    player.pause();
    ask.stop();
    model.off("change:scene", redraw);
  };
}

/** 누르면 무엇을 할지: 잃기 또는 늦추기. */
function makeMode(model, ask) {
  const lose = h("button", { type: "button", "aria-pressed": "true", onclick: () => choose("drop") }, "잃기");
  const hold = h("button", { type: "button", "aria-pressed": "false", onclick: () => choose("delay") }, "늦추기");
  const amount = h("select", { "aria-label": "늦추는 시간" });
  const reset = h("button", { type: "button", class: "reset", onclick: () => ask({ do: "reset" }) }, "모두 되돌리기");
  const live = h("span", { class: "bar" }, "화살표를 누르면", lose, hold, amount, reset);
  const fold = h("button", { type: "button", class: "fold", onclick: () => ask({ do: "fold" }) });
  const bar = h("div", { class: "bar", role: "toolbar", "aria-label": "세그먼트를 누르면 할 일" }, live, fold);
  for (const [value, text] of model.get("holds")) amount.append(h("option", { value }, text));
  let chosen = "drop";
  function choose(name) {
    chosen = name;
    lose.setAttribute("aria-pressed", String(name === "drop"));
    hold.setAttribute("aria-pressed", String(name === "delay"));
  }
  return {
    bar,
    name: () => chosen,
    amount: () => Number(amount.value),
    load: (scene) => {
      live.style.display = scene.clickable ? "" : "none";
      fold.style.display = scene.foldable ? "" : "none";
      bar.style.display = scene.clickable || scene.foldable ? "" : "none";
      fold.textContent = `이어지는 세그먼트 ${scene.foldable}개 접기`;
      fold.setAttribute("aria-pressed", String(scene.fold));
      reset.disabled = !scene.changed;
    },
  };
}

/** 재생기: 머리를 시간에 맞추어 내려보낸다. */
function makePlayer(stage, panels) {
  const PIXELS_PER_SECOND = 70;
  const scrubber = makeScrubber(stage, panels);
  const head = scrubber.head;
  let scene = { top: 0, height: 1, stops: [] };

  const slider = h("input", { type: "range", class: "ladder-slider", min: "0", max: "1000", "aria-label": "시각", oninput: () => {
    play.pause();
    seek(scene.top + (slider.value / 1000) * (scene.height - scene.top));
  } });
  const time = h("span", { class: "time" });
  const spoken = h("span", { class: "sr-only", role: "status", "aria-live": "polite" });
  const speed = speedSelect([["0.5", "0.5배"], ["1", "1배"], ["2", "2배"], ["4", "4배"]], "1");
  const play = makePlayback({
    ready: () => head() >= scene.height - 0.5 && seek(scene.top),
    tick: (passed) => {
      seek(head() + passed * PIXELS_PER_SECOND * Number(speed.value));
      return head() < scene.height;
    },
  });
  const bar = playbackBar(play, { slider, time, speed, first: () => seek(scene.top), step, more: [spoken] });

  function clock() {
    const passed = scene.stops.filter((stop) => stop[0] <= head() + 0.5);
    return passed.length ? passed[passed.length - 1][1] : "시작 전";
  }

  function seek(y) {
    const done = scrubber.seek(y);
    slider.value = Math.round(((head() - scene.top) / (scene.height - scene.top)) * 1000);
    const text = done ? "끝" : clock();
    if (text === time.textContent) return;
    time.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  }

  function step(by) {
    play.pause();
    const ys = [scene.top, ...scene.stops.map((stop) => stop[0]), scene.height];
    const next = by > 0 ? ys.find((y) => y > head() + 0.6) : ys.reverse().find((y) => y < head() - 0.6);
    seek(next ?? head());
    spoken.textContent = `${time.textContent}: ${scrubber.spoken()}`;
  }

  return {
    bar, step,
    pause: play.pause,
    load: (loaded) => {
      play.pause();
      scene = loaded;
      scrubber.load(loaded);
      seek(scene.height);
    },
  };
}
