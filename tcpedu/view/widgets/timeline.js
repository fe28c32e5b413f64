// 시간 도표: 파이썬이 그려 준 그림 위로 커서를 옮기며, 적어 보낸 값을 읽는다. 값은 셈하지 않는다.

/** `scene.charts`(같은 가로축의 SVG들)와 `scene.cursor`를 보인다. 그림을 더 두려면 `place`가 담을 곳을 만든다. */
function makeTimeline() {
  const SECONDS = 7; // 처음부터 끝까지 트는 시간
  const SVG = "http://www.w3.org/2000/svg";
  let cursor = { xs: [0], times: [""], rows: [], events: [], heads: [] };
  let at = null; // 커서의 자리(소수). 처음에는 끝이다.
  let marks = [];
  let written = -1; // 표에 적은 시각. 트는 동안에는 같은 시각을 여러 번 지난다.

  const stage = h("div", { class: "stage charts", tabindex: "0", role: "group", "aria-label": "시간 도표. 화살표 글쇠로 시각을 옮깁니다" });
  const slider = h("input", { type: "range", min: 0, step: 1, class: "time-slider", "aria-label": "시각", oninput: () => {
    play.pause();
    seek(Number(slider.value));
  } });
  const play = makePlayback({
    ready: () => {
      if (at >= last()) at = 0;
    },
    tick: (passed) => {
      seek(at + (passed / SECONDS) * last());
      return at < last();
    },
    changed: (on) => {
      note.textContent = "";
      if (on) return;
      written = -1; // 멈춘 자리의 사건까지 적는다
      seek(at);
    },
  });
  const time = h("b", { class: "time" });
  const note = h("span", { class: "event", role: "status", "aria-live": "polite" });
  const bar = h("div", { class: "bar", role: "toolbar", "aria-label": "시각" }, play.button,
    h("button", { type: "button", class: "previous", onclick: () => jump(-1) }, "◀ 앞 사건"),
    h("button", { type: "button", class: "next", onclick: () => jump(1) }, "다음 사건 ▶"), slider, time, note);
  const values = h("table", { class: "values" });
  const last = () => cursor.xs.length - 1;
  const index = () => Math.round(at);

  function seek(to) {
    at = Math.max(0, Math.min(last(), to));
    const low = Math.floor(at);
    const high = Math.min(last(), low + 1);
    const x = cursor.xs[low] + (cursor.xs[high] - cursor.xs[low]) * (at - low);
    for (const [line, veil] of marks) {
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      veil.setAttribute("x", x);
      veil.setAttribute("width", Math.max(0, cursor.right - x));
      veil.style.visibility = play.playing() ? "visible" : "hidden";
    }
    write();
  }

  function write() {
    const now = index();
    if (now === written) return;
    written = now;
    slider.value = now;
    time.textContent = cursor.times[now];
    const event = cursor.events.find(([place]) => place === now)?.[1] ?? "";
    if (note.textContent !== event && !play.playing()) note.textContent = event;
    const first = cursor.rows[0];
    slider.setAttribute("aria-valuetext", [cursor.times[now], event, first ? `${first[0]} ${first[1][0][now]}` : ""].filter(Boolean).join(", "));
    for (const cell of values.querySelectorAll("td")) cell.textContent = cursor.rows[cell.dataset.row][1][cell.dataset.column][now];
  }

  function jump(by) {
    play.pause();
    const places = cursor.events.map(([place]) => place);
    const next = by > 0 ? places.find((place) => place > index()) : places.reverse().find((place) => place < index());
    if (next === undefined) note.textContent = by > 0 ? "이 뒤에는 사건이 없습니다" : "이 앞에는 사건이 없습니다";
    else seek(next);
  }

  const keys = {
    ArrowRight: () => seek(index() + 1), ArrowLeft: () => seek(index() - 1), Home: () => seek(0), End: () => seek(last()),
    n: () => jump(1), p: () => jump(-1),
  };
  stage.addEventListener("keydown", (event) => {
    const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    play.pause();
    handler();
  });
  const point = (event) => {
    const svg = event.target.closest?.("svg");
    if (!svg) return;
    play.pause();
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    seek(((x - cursor.left) / (cursor.right - cursor.left)) * last());
  };
  stage.addEventListener("click", point);
  stage.addEventListener("pointermove", (event) => event.buttons && point(event));

  function makeMarks(svg) {
    const line = document.createElementNS(SVG, "line");
    const veil = document.createElementNS(SVG, "rect");
    line.setAttribute("class", "cursor");
    veil.setAttribute("class", "veil");
    for (const [name, value] of [["y1", cursor.top], ["y2", cursor.bottom]]) line.setAttribute(name, value);
    for (const [name, value] of [["y", cursor.top], ["height", cursor.bottom - cursor.top]]) veil.setAttribute(name, value);
    svg.append(veil, line);
    return [line, veil];
  }

  function load(scene) {
    const part = at === null ? 1 : at / last();
    play.pause();
    cursor = scene.cursor;
    stage.innerHTML = scene.charts.join("");
    marks = [...stage.querySelectorAll("svg.chart")].map(makeMarks);
    slider.max = last();
    for (const button of bar.querySelectorAll(".previous, .next")) button.hidden = !cursor.events.length;
    const head = h("tr", {}, ...cursor.heads.map((name) => h("th", { scope: "col" }, name)));
    values.replaceChildren(h("thead", {}, head), h("tbody", {}, ...cursor.rows.map(([name, columns], row) =>
      h("tr", {}, h("th", { scope: "row" }, name), ...columns.map((_, column) => h("td", { "data-row": row, "data-column": column }))))));
    written = -1;
    seek(part * last());
  }
  return { bar, stage, values, load, pause: play.pause };
}
