// 헤더 검사기: 32비트 줄, 16진수, 필드 표를 잇는다. 값은 모두 파이썬이 셈하고, 여기서는 보이고 부탁만 한다.

function renderInspector({ model, el }) {
  const root = frame(el, "inspector", model.get("title"));
  const alert = live("alert");
  const ask = asker(model, alert);
  const verdict = live("verdict");
  const rows = h("div", { class: "rows", role: "group", "aria-label": "32비트씩 나눈 칸" });
  const chooser = h("div", { class: "chooser", role: "group", "aria-label": "고른 칸" });
  const hex = h("div", { class: "hex", role: "group", "aria-label": "16진수 바이트" });
  const fields = h("div", { class: "fields", tabindex: "0", role: "group", "aria-label": "필드 표" });
  const tools = makeTools(model, ask);
  root.append(verdict, tools.main, alert, rows, chooser,
    h("div", { class: "columns" }, h("div", {}, h("h5", {}, "16진수"), hex), h("div", {}, h("h5", {}, "필드"), fields)),
    tools.paste);

  let chosen = "seq";
  const cells = () => model.get("scene").cells;
  const cellOf = (id) => cells().find((cell) => cell.id === id);
  const cellAt = (index) => cells().find((cell) => cell.bytes[0] <= index && index <= cell.bytes[1])?.id;
  const idOf = (node) => node?.closest?.("[data-cell]")?.dataset.cell;

  /** 세 곳에서 같은 칸에 같은 표시를 한다. */
  function mark(id, kind) {
    const cell = cellOf(id);
    for (const node of root.querySelectorAll("[data-cell], [data-byte]")) {
      const same = node.dataset.cell ? node.dataset.cell === id : cell && cell.bytes[0] <= node.dataset.byte && node.dataset.byte <= cell.bytes[1];
      node.classList.toggle(kind, Boolean(same));
    }
  }

  function choose(id) {
    chosen = cellOf(id) ? id : cells()[0].id;
    mark(chosen, "chosen");
    for (const node of rows.querySelectorAll(".cell")) node.setAttribute("tabindex", node.dataset.cell === chosen ? "0" : "-1");
    drawChooser(chooser, cellOf(chosen), ask);
  }

  function draw() {
    const scene = model.get("scene");
    const focus = keepFocus(root);
    rows.innerHTML = scene.svg;
    drawVerdict(verdict, scene);
    drawHex(hex, scene, ask);
    drawFields(fields, scene);
    tools.load(scene);
    choose(chosen);
    focus();
  }

  rows.addEventListener("click", (event) => press(idOf(event.target)));
  function press(id) {
    if (!id) return;
    choose(id);
    const cell = cellOf(id);
    if (cell.width === 1) ask({ do: "flip", bit: cell.first });
  }
  rows.addEventListener("keydown", (event) => {
    const all = cells();
    const index = all.findIndex((cell) => cell.id === idOf(event.target));
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (index < 0 || (!step && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (!step) return press(all[index].id);
    const next = all[Math.max(0, Math.min(all.length - 1, index + step))].id;
    choose(next);
    rows.querySelector(`[data-cell="${CSS.escape(next)}"]`)?.focus();
  });
  fields.addEventListener("click", (event) => idOf(event.target) && choose(idOf(event.target)));
  hex.addEventListener("focusin", (event) => event.target.dataset.byte && choose(cellAt(Number(event.target.dataset.byte))));
  for (const area of [rows, hex, fields]) {
    area.addEventListener("mouseover", (event) => {
      const byte = event.target.dataset?.byte;
      mark(byte === undefined ? idOf(event.target) : cellAt(Number(byte)), "near");
    });
    area.addEventListener("mouseleave", () => mark(null, "near"));
  }

  model.on("change:scene", draw);
  draw();
  return () => {
    ask.stop();
    model.off("change:scene", draw);
  };
}

/** 다시 그린 뒤에도 초점이 같은 곳에 있게 한다. */
function keepFocus(root) {
  const now = document.activeElement;
  if (!root.contains(now)) return () => {};
  const { cell, byte, bit } = now.dataset;
  const where = cell ? `.rows [data-cell="${CSS.escape(cell)}"]` : byte ? `.hex [data-byte="${byte}"]` : bit ? `.bits [data-bit="${bit}"]` : null;
  return () => where && root.querySelector(where)?.focus();
}

function drawVerdict(box, scene) {
  const { right, why } = scene.checksum;
  box.className = `verdict ${right === null ? "unknown" : right ? "right" : "wrong"}`;
  const word = right === null ? "체크섬 ? 모름" : right ? "체크섬 ✓ 맞음" : "체크섬 ✕ 틀림";
  box.replaceChildren(h("b", {}, word), h("span", {}, why));
}

/** 고른 칸: 뜻, 비트 단추, 값 입력. */
function drawChooser(box, cell, ask) {
  const last = cell.first + cell.width - 1;
  const place = cell.width === 1 ? `비트 ${cell.first}` : `비트 ${cell.first}–${last}, ${cell.width}비트`;
  const head = h("div", {}, h("b", {}, cell.name), ` · ${place} · ${cell.meaning || "값은 아래의 16진수에서 고칩니다."}`);
  if (cell.bits === null) {
    box.replaceChildren(head);
    return;
  }
  const bits = [...cell.bits].map((bit, index) => h("button", {
    type: "button", class: bit === "1" ? "one" : "", "data-bit": cell.first + index,
    "aria-label": `비트 ${cell.first + index}: ${bit}. 누르면 뒤집습니다`, onclick: () => ask({ do: "flip", bit: cell.first + index }),
  }, bit));
  // 8비트씩 묶어 벌린다. 줄이 바뀌어도 묶음은 나뉘지 않는다.
  const groups = [];
  for (let end = bits.length; end > 0; end -= 8) groups.unshift(h("span", {}, ...bits.slice(Math.max(0, end - 8), end)));
  const number = h("input", { class: "number", value: cell.number, inputmode: "numeric", "aria-label": `${cell.name}의 값` });
  const change = () => ask({ do: "field", id: cell.id, value: number.value });
  number.addEventListener("keydown", (event) => event.key === "Enter" && change());
  box.replaceChildren(head, h("div", { class: "bar" }, h("div", { class: "bits" }, ...groups)),
    h("div", { class: "bar" }, number, h("button", { type: "button", class: "change", onclick: change }, "바꾸기"),
      h("span", { class: "note" }, `10진수 ${cell.number} = 16진수 0x${cell.number.toString(16)}`)));
}

function drawHex(box, scene, ask) {
  box.replaceChildren();
  scene.hex.forEach((pair, index) => {
    if (index % 8 === 0) box.append(h("span", { class: "at", "aria-hidden": "true" }, index));
    const input = h("input", {
      value: pair, maxlength: 2, "data-byte": index, "aria-label": `${index}번째 바이트`, spellcheck: "false",
      class: index === scene.bad ? "bad" : "", "aria-invalid": index === scene.bad ? "true" : null,
      onchange: () => ask({ do: "byte", index, value: input.value }),
      onfocus: () => input.select(),
    });
    box.append(input);
  });
  if (scene.more) box.append(h("span", { class: "note", style: "grid-column:1/-1" }, scene.more));
}

function drawFields(box, scene) {
  const line = (cell) => h("tr", { "data-cell": cell.id }, h("td", {}, cell.name),
    h("td", { class: "figure" }, cell.width), h("td", { class: "figure" }, cell.value));
  box.replaceChildren(h("table", {},
    h("thead", {}, h("tr", {}, ...["필드", "비트 수", "값"].map((name, index) => h("th", { scope: "col", class: index ? "figure" : null }, name)))),
    h("tbody", {}, ...scene.cells.map(line))));
}

/** 체크섬, 옵션, 주소, 붙여 넣기. */
function makeTools(model, ask) {
  const option = h("select", { "aria-label": "더할 옵션" }, ...model.get("addable").map((name) => h("option", { value: name }, name)));
  const options = h("span", { class: "bar options", role: "group", "aria-label": "들어 있는 옵션" });
  const address = (name, label) => h("input", { class: "ip", "aria-label": label, placeholder: "IP 주소", onchange: (event) => ask({ do: "address", end: name, value: event.target.value }) });
  const src = address("src", "출발지 IP 주소");
  const dst = address("dst", "목적지 IP 주소");
  const text = h("textarea", { "aria-label": "붙여 넣을 16진수", placeholder: "tcpdump -x, Wireshark의 16진수, 파이썬의 bytes.hex() …", spellcheck: "false" });
  const main = h("div", {},
    h("div", { class: "bar", role: "toolbar", "aria-label": "체크섬과 주소" },
      h("button", { type: "button", class: "fix", onclick: () => ask({ do: "fix" }) }, "체크섬 다시 계산"),
      h("button", { type: "button", class: "reset", onclick: () => ask({ do: "reset" }) }, "처음으로 되돌리기"),
      h("span", {}, "의사 헤더의 주소"), h("span", { class: "ends" }, src, " → ", dst)),
    h("div", { class: "bar", role: "toolbar", "aria-label": "옵션" },
      option, h("button", { type: "button", class: "add", onclick: () => ask({ do: "add", name: option.value }) }, "옵션 더하기"), options));
  const paste = h("details", { class: "paste" }, h("summary", {}, "캡처에서 16진수 붙여 넣기"), text,
    h("div", { class: "bar" }, h("button", { type: "button", onclick: () => ask({ do: "paste", text: text.value }) }, "붙여 넣은 바이트 읽기")));
  return {
    main, paste,
    load: (scene) => {
      src.value = scene.src;
      dst.value = scene.dst;
      options.replaceChildren(...scene.options.map((name, index) => h("button", {
        type: "button", "aria-label": `옵션 ${name} 빼기`, onclick: () => ask({ do: "remove", index }) }, `${name} ✕`)));
    },
  };
}
