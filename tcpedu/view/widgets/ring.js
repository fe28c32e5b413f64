// 순서 번호 고리: 번호를 끌거나 글쇠로 옮기고, 조각을 넣는다. 어느 번호인지는 파이썬이 셈하고, 여기서는 자리만 알린다.

function renderRing({ model, el }) {
  const root = frame(el, "framed seqring", model.get("title"));
  const alert = live("alert");
  const said = live("said");
  const ask = asker(model, alert);
  const line = oneByOne(model, ask, joinMoves);
  const stage = h("div", {
    class: "stage", tabindex: "0", role: "slider", "aria-label": "고른 순서 번호", "aria-valuemin": 0, "aria-valuemax": model.get("scene").last,
  });
  const verdict = h("div", { class: "verdict", "data-slot": "judgement" });
  const player = framePlayer(root, said, () => stage.setAttribute("aria-valuetext", verdict.textContent));
  const send = (request) => line({ ...request, moment: player.index() });
  const tools = ringTools(model, send);
  const first = model.get("scene");
  const columns = h("div", { class: "columns" }, slotList(first.facts, "고른 번호에 대해 알 수 있는 것"), slotList(first.numbers, "번호들"));
  root.append(player.bar, tools.look, tools.act, stage, legendOf(first.legend), verdict, said, alert, columns, h("div", { class: "note" }, first.help));

  const keys = {
    ArrowRight: (event) => send({ do: "move", by: 1, unit: event.shiftKey ? "lens" : "one" }),
    ArrowLeft: (event) => send({ do: "move", by: -1, unit: event.shiftKey ? "lens" : "one" }),
    PageUp: () => send({ do: "move", by: 1, unit: "quarter" }),
    PageDown: () => send({ do: "move", by: -1, unit: "quarter" }),
    Home: () => send({ do: "home" }),
    "+": () => send({ do: "zoom", by: 1 }),
    "=": () => send({ do: "zoom", by: 1 }),
    "-": () => send({ do: "zoom", by: -1 }),
    c: () => send({ do: "center" }),
    Enter: () => model.get("scene").manual && tools.insert(),
  };
  keys.ArrowUp = keys.ArrowRight;
  keys.ArrowDown = keys.ArrowLeft;
  stage.addEventListener("keydown", (event) => {
    const handler = keys[event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    handler(event);
  });

  let held = ""; // 끌고 있는 것: 고리(turn)나 돋보기(lens)
  /** 화면의 자리를 한 바퀴나 돋보기 너비에서 차지하는 몫(0–1)으로. */
  function part(event) {
    const drawing = stage.querySelector("svg");
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    const { geometry } = model.get("scene");
    if (held === "lens") return (at.x - geometry.left) / (geometry.right - geometry.left);
    const turn = Math.atan2(at.x - geometry.x, geometry.y - at.y) / (2 * Math.PI);
    return turn < 0 ? turn + 1 : turn;
  }
  stage.addEventListener("pointerdown", (event) => {
    held = event.target.dataset?.drag ?? "";
    if (!held || event.button) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    send({ do: held, part: part(event) });
  });
  stage.addEventListener("pointermove", (event) => {
    if (held && stage.hasPointerCapture(event.pointerId)) send({ do: held, part: part(event) });
  });
  stage.addEventListener("lostpointercapture", () => (held = ""));

  let drawn = "";
  function draw() {
    const scene = model.get("scene");
    if (scene.svg !== drawn) stage.innerHTML = drawn = scene.svg;
    stage.setAttribute("aria-valuenow", scene.point);
    tools.load(scene);
    player.load(scene.frames, scene.at);
    if (scene.message !== undefined) said.textContent = scene.message;
  }
  model.on("change:scene", draw);
  draw();
  return () => {
    player.pause();
    ask.stop();
    line.stop();
    model.off("change:scene", draw);
  };
}

/** 끄는 동안에는 마지막 자리만 남기고, 글쇠로 옮긴 것은 더한다. */
function joinMoves(before, request) {
  if (before.do !== request.do || before.unit !== request.unit) return null;
  if (request.do === "move") return { ...request, by: before.by + request.by };
  return request.part === undefined ? null : request;
}

/** 번호와 돋보기를 고르는 줄, 조각을 넣는 줄. */
function ringTools(model, ask) {
  const options = (pairs) => pairs.map(([value, text]) => h("option", { value }, text));
  const scene = model.get("scene");
  const number = h("input", { class: "seq", inputmode: "numeric", "aria-label": "고른 번호", onchange: () => ask({ do: "point", value: number.value }) });
  const reference = h("select", { "aria-label": "견줄 기준", onchange: () => ask({ do: "reference", name: reference.value }) },
    ...options(scene.references.map((name) => [name, name])));
  const zoom = h("select", { "aria-label": "돋보기의 크기", onchange: () => ask({ do: "zoom", span: Number(zoom.value) }) }, ...options(scene.spans));
  const button = (kind, text, request) => h("button", { type: "button", class: kind, onclick: () => ask(request()) }, text);
  const look = h("div", { class: "bar", role: "toolbar", "aria-label": "번호와 돋보기" },
    h("label", {}, "고른 번호 ", number), h("label", {}, "기준 ", reference), h("label", {}, "돋보기 ", zoom),
    button("center", "돋보기를 고른 번호로", () => ({ do: "center" })));
  const preset = h("select", { "aria-label": "본보기", onchange: () => ask({ do: "preset", name: preset.value }) }, ...options(scene.presets));
  const size = h("input", { class: "size", inputmode: "numeric", "aria-label": "조각의 크기, 바이트", value: scene.piece });
  const insert = () => ask({ do: "insert", length: size.value });
  const act = h("div", { class: "bar", role: "toolbar", "aria-label": "조각" },
    h("label", {}, "본보기 ", preset), h("label", {}, "조각의 크기 ", size),
    h("button", { type: "button", class: "insert", onclick: insert }, "고른 번호에 조각 넣기"),
    button("ack", "ACK 전하기", () => ({ do: "ack" })), button("more", "더 보내기", () => ({ do: "send", length: size.value })),
    button("reset", "처음으로 되돌리기", () => ({ do: "reset" })));
  let shown = scene.preset;
  return {
    look, act, insert,
    load: (loaded) => {
      number.value = loaded.point;
      reference.value = loaded.reference;
      zoom.value = loaded.span;
      preset.value = loaded.preset;
      if (loaded.preset !== shown) size.value = loaded.piece;
      shown = loaded.preset;
      act.style.display = loaded.manual ? "" : "none";
    },
  };
}
