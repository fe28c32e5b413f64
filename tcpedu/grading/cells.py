"""채점 노트북의 셀. nbformat의 같은 이름의 함수는 하나 만들 때마다 스키마를 확인해서, 셀이 많으면 그 시간이 더 든다."""

from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode


def new_code_cell(source: str, *, id: str, outputs: Sequence[NotebookNode] = ()) -> NotebookNode:
    """코드 셀 하나."""
    return NotebookNode(
        cell_type="code", id=id, metadata=NotebookNode(), execution_count=None, source=source, outputs=list(outputs)
    )


def new_output(output_type: str, **fields: Any) -> NotebookNode:
    """저장된 출력 하나."""
    return NotebookNode(output_type=output_type, **fields)
