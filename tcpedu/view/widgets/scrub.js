// 사다리 그림을 시간처럼 훑는다: 아직 오지 않은 것을 흐리게 하고, 날아가는 화살표와 생명선 옆의 변수를 맞춘다.
// 자리와 숫자는 파이썬이 정해 준 것이다. 한 장면에 바뀐 것만 손대야 세그먼트가 많아도 매끄럽다.

function makeScrubber(stage, panels) {
  let scene = { top: 0, height: 1, stops: [], readouts: [], lanes: [] };
  let head = 0; // 지금까지 보인 높이
  let items = [];
  let flights = [];
  let states = [];
  let cards = [];
  let line = null;

  function load(loaded) {
    scene = loaded;
    const ys = (selector) => [...stage.querySelectorAll(selector)].map((node) => ({ node, y: Number(node.dataset.y) }));
    items = ys("[data-y]").map((item) => ({ ...item, later: item.node.classList.contains("later") }));
    flights = [...stage.querySelectorAll(".segment")].map(flight);
    states = scene.lanes.map((_, lane) => ys(`.state[data-lane="${lane}"]`).sort((a, b) => a.y - b.y));
    cards = makeCards(panels, scene);
    // 데이터그램만 오갔으면 연결이 없으니 상태도 변수도 없다.
    if (!scene.readouts.length && states.every((list) => !list.length)) {
      panels.replaceChildren();
      panels.classList.remove("two");
    }
    line = stage.querySelector(".playhead");
    head = scene.height;
    requestAnimationFrame(measure);
  }

  function flight(node) {
    const [hit, shaft] = node.querySelectorAll("line");
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => Number(hit.getAttribute(name)));
    return { node, shaft, x1, y1, x2, y2, part: 1, bead: null };
  }

  function seek(y) {
    head = Math.max(scene.top, Math.min(scene.height, y));
    const done = head >= scene.height - 0.5;
    for (const item of items) {
      const later = item.y > head + 0.5;
      if (later !== item.later) item.node.classList.toggle("later", (item.later = later));
    }
    for (const one of flights) fly(one, done);
    scene.lanes.forEach((_, lane) => mark(lane));
    movePlayhead(done);
    return done;
  }

  // 날아가는 중인 화살표는 구슬이 있는 데까지만 그린다.
  function fly(one, done) {
    const part = done ? 1 : Math.max(0, Math.min(1, (head - one.y1) / (one.y2 - one.y1 || 1)));
    if (part === one.part) return;
    one.part = part;
    const [x, y] = [one.x1 + (one.x2 - one.x1) * part, one.y1 + (one.y2 - one.y1) * part];
    one.node.classList.toggle("flying", part < 1);
    one.shaft.setAttribute("x2", x);
    one.shaft.setAttribute("y2", y);
    if (part > 0 && part < 1) {
      one.bead ??= one.node.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "circle"));
      for (const [key, value] of [["class", "bead"], ["r", 6], ["cx", x], ["cy", y]]) one.bead.setAttribute(key, value);
    } else {
      one.bead?.remove();
      one.bead = null;
    }
  }

  // 생명선마다 지금의 상태 하나를 도드라지게 하고, 그 옆의 변수를 맞춘다.
  function mark(lane) {
    const card = cards[lane];
    const now = states[lane][passed(states[lane], (item) => item.y)];
    if (now !== card.state) {
      card.state?.node.classList.remove("now");
      now?.node.classList.add("now");
      card.state = now;
      card.name.textContent = now?.node.querySelector(".chip-text").textContent ?? "CLOSED";
    }
    const at = passed(card.readouts, (readout) => readout[1]);
    if (at !== card.at) card.show((card.at = at));
  }

  // 머리가 지나온 것 가운데 마지막의 차례. 없으면 -1.
  function passed(sorted, yOf) {
    let count = 0;
    while (count < sorted.length && yOf(sorted[count]) <= head + 0.5) count += 1;
    return count - 1;
  }

  // 장면마다 자리를 재면 느리다. 크기가 바뀌거나 굴렸을 때만 잰다.
  let size = { view: 0, scale: 1, scrolls: false, scroll: 0 };
  new ResizeObserver(measure).observe(stage);
  stage.addEventListener("scroll", () => (size.scroll = stage.scrollTop), { passive: true });

  function measure() {
    const drawing = stage.firstElementChild;
    if (!drawing) return;
    const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
    size = { view: stage.clientHeight, scale, scrolls: stage.scrollHeight > stage.clientHeight + 1, scroll: stage.scrollTop };
    for (const card of cards) card.tall = card.box.offsetHeight;
    if (line) movePlayhead(head >= scene.height - 0.5);
  }

  function movePlayhead(done) {
    line.setAttribute("y1", head);
    line.setAttribute("y2", head);
    line.style.visibility = done ? "hidden" : "visible";
    const at = head * size.scale - size.scroll;
    if (size.scrolls && !done && (at > size.view - 60 || at < 0)) stage.scrollTop = size.scroll = Math.max(0, size.scroll + at - size.view / 2);
    // 넓은 화면에서는 변수가 머리의 높이를 따라다닌다.
    const y = head * size.scale - size.scroll - 60;
    for (const card of cards) card.box.style.setProperty("--y", `${Math.round(Math.max(0, Math.min(size.view - card.tall, y)))}px`);
  }

  /** 지금 두 끝의 상태: 소리 내어 읽을 글. */
  const spoken = () => cards.map((card, lane) => `${scene.lanes[lane]} ${card.name.textContent}`).join(", ");

  return { load, seek, spoken, head: () => head };
}

/** 생명선마다 하나: 호스트의 이름, 상태, 변수. 바뀐 값은 굵게 밑줄 친다. */
function makeCards(panels, scene) {
  const cards = scene.lanes.map((host, lane) => {
    const readouts = scene.readouts.filter((one) => one[0] === lane);
    const many = new Set(readouts.map((one) => one[2])).size > 1;
    const name = h("b", { class: "vars-state" }, "CLOSED");
    const peer = h("span", { class: "note" });
    const values = scene.variables.map(() => h("dd", {}, "—"));
    const list = h("dl", {}, ...scene.variables.map((variable, i) => h("div", {}, h("dt", {}, variable), values[i])));
    const box = h("section", { class: "vars", "aria-label": `${host}의 상태와 변수` }, h("div", {}, h("span", {}, host), " ", peer), name, list);
    const text = (at, i) => readouts[at]?.[3][i] ?? "—";
    const show = (at) => {
      values.forEach((value, i) => {
        value.textContent = text(at, i);
        value.classList.toggle("moved", text(at, i) !== text(at - 1, i));
      });
      peer.textContent = many && readouts[at] ? `↔ ${readouts[at][2]}` : "";
    };
    return { box, name, show, tall: 0, at: -1, state: undefined, readouts };
  });
  panels.replaceChildren(...cards.map((card) => card.box));
  panels.classList.toggle("two", cards.length === 2);
  return cards;
}
