// 빈칸이 있는 표: 적은 글을 파이썬에 보내고, 돌아온 표시와 말을 보인다. 맞고 틀림은 여기서 정하지 않는다.

function renderPacketTable({ model, el }) {
  const root = frame(el, "packet-table", model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const scroll = h("div", { class: "stage", tabindex: "0", role: "region", "aria-label": "세그먼트의 표" });
  const says = live("says");
  const status = h("span", { class: "note" });
  const wrong = h("ul", { class: "wrong", "aria-label": "틀린 칸과 까닭" });
  let last = null; // 마지막으로 초점이 있던 칸: 힌트는 이 칸의 것이다
  let drawn = null; // 지금 그려진 표의 씨앗

  const button = (name, text, request) => h("button", { type: "button", class: name, onclick: () => ask(request()) }, text);
  const inputs = () => [...scroll.querySelectorAll("input")];
  const values = () => Object.fromEntries(inputs().filter((input) => input.value.trim()).map((input) => [input.dataset.id, input.value]));
  const target = () => last ?? inputs().find((input) => !input.value)?.dataset.id ?? inputs()[0]?.dataset.id;
  root.append(scroll, h("div", { class: "bar", role: "toolbar", "aria-label": "표 채우기" },
    button("check-all", "모두 확인", () => ({ do: "all", values: values() })),
    button("hint", "이 칸의 힌트", () => ({ do: "hint", id: target() })),
    button("again", "새 문제", () => ({ do: "again" })),
    button("answer", "답 보기", () => ({ do: "answer" })), status), says, alert, wrong);

  const check = (input) => input.value.trim() && ask({ do: "check", id: input.dataset.id, value: input.value });

  function blank(cell) {
    const input = h("input", {
      "data-id": cell.id, "aria-label": cell.label, inputmode: cell.numeric ? "numeric" : null, autocomplete: "off", spellcheck: "false",
      onfocus: () => (last = cell.id), onchange: () => check(input),
      onkeydown: (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = inputs();
        all[Math.max(0, Math.min(all.length - 1, all.indexOf(input) + step))].focus();
      },
    });
    return h("span", { class: "blank" }, input, h("span", { class: "mark", "aria-hidden": "true" }));
  }

  function build(scene) {
    const head = scene.columns.map(([, label, right]) => h("th", { scope: "col", class: right ? "figure" : null }, label));
    const line = (cells) => h("tr", {}, ...cells.map((cell, place) =>
      h(place ? "td" : "th", { scope: place ? null : "row", class: scene.columns[place][2] ? "figure" : null }, cell.id ? blank(cell) : cell.text)));
    scroll.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...scene.rows.map(line))));
    last = null;
  }

  function mark(cell) {
    const input = scroll.querySelector(`[data-id="${cell.id}"]`);
    // 답을 기다리는 사이에 다른 칸에 적고 있던 글은 지우지 않는다.
    if (cell.value || cell.given) input.value = cell.value;
    input.setAttribute("aria-invalid", cell.right === false ? "true" : "false");
    const word = { true: "맞음", false: "틀림" }[cell.right];
    input.setAttribute("aria-label", [cell.label, word].filter(Boolean).join(", "));
    const kind = cell.given ? "given" : cell.right === true ? "right" : cell.right === false ? "bad" : "";
    input.parentElement.className = `blank ${kind}`;
    input.nextSibling.textContent = { given: "답", right: "✓", bad: "✕" }[kind] ?? "";
  }

  function draw() {
    const scene = model.get("scene");
    if (drawn !== scene.seed) build(scene);
    drawn = scene.seed;
    scene.rows.flat().filter((cell) => cell.id).forEach(mark);
    status.textContent = scene.status;
    says.textContent = scene.says;
    wrong.replaceChildren(...scene.wrong.map((text) => h("li", {}, text)));
  }

  model.on("change:scene", draw);
  draw();
  return () => {
    ask.stop();
    model.off("change:scene", draw);
  };
}
