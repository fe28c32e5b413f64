// 위젯이 함께 쓰는 작은 도구. 파이썬이 이 파일 뒤에 위젯의 파일을 이어 붙여 한 모듈로 보낸다.

/** 요소를 만든다. on*은 사건, 나머지는 속성이다. null인 자식은 건너뛴다. */
function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** 위젯의 바탕. 안에서 누른 글쇠가 JupyterLab의 단축키(D D는 셀 지우기)로 새지 않게 한다. */
function frame(el, kind, title) {
  const root = h("div", { class: `tcpedu ${kind}`, role: "group", "aria-label": title, "data-lm-suppress-shortcuts": "true" });
  root.append(h("h4", {}, title));
  root.addEventListener("keydown", (event) => event.stopPropagation());
  el.replaceChildren(root);
  return root;
}

const NO_KERNEL = "다시 계산하려면 실행 중인 커널이 필요합니다. 이 셀을 실행한 뒤 다시 눌러 보세요.";

/** 파이썬에 부탁을 보낸다. 커널이 없거나 대답이 늦으면 `alert` 줄에 알린다. */
function asker(model, alert) {
  let timer = 0;
  const late = () => (alert.textContent = NO_KERNEL);
  const answered = () => {
    clearTimeout(timer);
    alert.textContent = model.get("scene").error ?? "";
  };
  model.on("change:scene", answered);
  answered();
  const ask = (request) => {
    clearTimeout(timer);
    timer = setTimeout(late, 2500);
    try {
      model.send(request);
    } catch {
      late();
    }
  };
  ask.stop = () => {
    clearTimeout(timer);
    model.off("change:scene", answered);
  };
  return ask;
}

/** 요소 하나만 바꾸어 읽어 주는 줄. */
const live = (kind) => h("div", { class: kind, role: "status", "aria-live": "polite" });
