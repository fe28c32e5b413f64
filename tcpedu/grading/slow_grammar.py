"""jsonschema를 불러올 때 2초 넘게 걸리는 부분을 건너뛴다."""

import sys


def skip_slow_grammar() -> None:
    """nbformat보다 먼저 부른다. 국제화 주소(IRI)의 문법인데, 노트북과 주피터는 그 형식을 검사하지 않는다."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
