"""ipywidgets의 라디오 단추에 없는 것을 더한다: 읽기 프로그램이 읽을 묶음의 이름, 빼앗기지 않는 화살표 글쇠."""

from __future__ import annotations

import anywidget
import traitlets

from .base import esm


class RadioKeys(anywidget.AnyWidget):
    """보이지 않는 도우미. 라디오 단추들을 담은 상자의 제목 칸에 넣는다. `labels`는 묶음마다의 이름이다."""

    _esm = esm("radio_keys", main="renderRadioKeys")
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
