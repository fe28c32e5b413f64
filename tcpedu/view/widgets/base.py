"""위젯의 바탕: 저장된 노트북에 남는 정지 그림과 글, 파일을 이어 붙인 ESM."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from tcpedu.view.svg import read


def esm(*names: str, main: str) -> str:
    """공통 도구와 위젯의 파일을 이어 붙인 한 모듈. 위젯은 파일을 따로 불러오지 못한다."""
    return "\n".join(
        [read("shared.js"), *(read(f"{name}.js") for name in names), f"export default {{ render: {main} }};\n"]
    )


def css(*names: str) -> str:
    """공통 모양과 위젯의 모양."""
    return "".join(read(f"{name}.css") for name in ("shared", *names))


class CourseWidget(anywidget.AnyWidget):
    """강의 위젯의 바탕. 하위 클래스는 `as_text()`와 `as_svg()`를 갖고, 누른 것은 `handle()`이 처리한다."""

    title = traitlets.Unicode().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._turn = 0
        super().__init__(**traits)
        self.on_msg(lambda _widget, content, _buffers: self.handle(content))

    def show(self, scene: dict[str, Any]) -> None:
        """화면에 보낸다. 내용이 그대로여도 차례가 올라가므로, 기다리는 화면은 대답이 온 것을 안다."""
        self.scene = {**scene, "turn": self._turn}
        self._turn += 1

    def handle(self, request: dict[str, Any]) -> None:
        """화면에서 온 부탁을 처리하고 `scene`을 바꾼다."""
        raise NotImplementedError

    def as_text(self) -> str:
        """그림을 볼 수 없을 때 읽는 글. 같은 내용이면 언제나 같은 글이다."""
        raise NotImplementedError

    def as_svg(self) -> str:
        """커널도 자바스크립트도 없을 때 보이는 정지 그림."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": self.as_text(), "image/svg+xml": self.as_svg()}, metadata
