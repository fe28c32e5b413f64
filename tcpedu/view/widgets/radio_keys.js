// 라디오 단추를 담은 상자에 이름을 붙이고, 화살표 글쇠를 JupyterLab의 단축키(셀 옮기기)에 빼앗기지 않게 한다.

function renderRadioKeys({ model, el }) {
  /** 이 위젯은 제목 칸 안에 있다. 그 바깥 상자에 물음들이 있다. */
  const attach = () => {
    const box = el.closest(".widget-box")?.parentElement?.closest(".widget-box");
    if (!box) return false;
    box.setAttribute("data-lm-suppress-shortcuts", "true");
    box.addEventListener("keydown", (event) => event.stopPropagation());
    box.querySelectorAll(".widget-radio").forEach((group, index) => {
      group.setAttribute("role", "radiogroup");
      group.setAttribute("aria-label", model.get("labels")[index] ?? "");
    });
    return true;
  };
  // 그려지는 차례는 정해져 있지 않다: 바깥 상자에 붙을 때까지 한 장면씩 기다린다.
  let tries = 0;
  const wait = () => attach() || (tries++ < 300 && requestAnimationFrame(wait));
  requestAnimationFrame(() => requestAnimationFrame(wait));
}
