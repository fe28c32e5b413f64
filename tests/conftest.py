"""모든 시험에 함께 쓰는 설정."""

import os
import sys

# 시험이 배우는 사람의 진도 파일을 건드리지 않게 한다. 자식 과정(커널, CLI)도 물려받는다.
os.environ["TCPEDU_PROGRESS"] = "off"
# mermaid-py가 실수로라도 바깥에 그림을 요청하지 못하게 한다.
os.environ["MERMAID_INK_SERVER"] = "http://127.0.0.1:9"
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
# jsonschema가 불러올 때 2초 넘게 푸는 문법이다. 시험에서는 쓰지 않는다.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
