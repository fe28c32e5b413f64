"""강의실에서 노트북을 저장할 때 거치는 곳."""

from typing import Any

MERMAID = "text/vnd.mermaid"
SVG = "image/svg+xml"


def drop_drawn_svg(model: dict[str, Any], **_: Any) -> None:
    """주피터랩이 mermaid 옆에 스스로 그려 넣은 SVG를 저장하지 않는다.

    그대로 두면 열어 보기만 해도 노트북이 달라지고, 보는 사람의 테마로 그린 그림이 수백 kB씩 쌓인다.
    주피터의 `FileContentsManager.pre_save_hook`으로 불린다.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    for cell in model["content"].get("cells", ()):
        for output in cell.get("outputs", ()):
            if MERMAID in output.get("data", ()):
                output["data"].pop(SVG, None)
                output.get("metadata", {}).pop(MERMAID, None)
