"""오래 사는 채점 일꾼: 표준 입력의 한 줄(JSON)이 일 하나, 표준 출력의 한 줄이 결과 하나다.

`python -m tcpedu.grading.worker`로 뜬다. pytest와 nbval을 한 번만 불러오고 제출물마다 다시 쓴다.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from typing import TextIO

from tcpedu.grading.slow_grammar import skip_slow_grammar

MEMORY = 4 << 30  # 일꾼의 주소 공간


def serve(requests: TextIO, replies: TextIO) -> None:
    """요청이 끝날 때까지 채점한다."""
    from tcpedu.grading.submission import Job, grade_submission

    for request in requests:
        result = grade_submission(Job(**json.loads(request)))
        # ASCII로만 적으면 어떤 코드 페이지의 파이프에서도 깨지지 않는다.
        print(json.dumps(result.to_dict(), ensure_ascii=True), file=replies, flush=True)


def main() -> None:
    """pytest가 찍는 글이 대답에 섞이지 않게 표준 출력을 따로 둔다."""
    skip_slow_grammar()
    from tcpedu.grading.session import prepare_environment

    prepare_environment()
    limit_memory()
    # Ctrl-C는 채점을 시킨 과정이 받아 일꾼을 끝낸다.
    signal.signal(signal.SIGINT, lambda *_: None)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, sys.stdout.fileno())
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    os.dup2(silence, sys.stdin.fileno())
    warm_up()
    serve(requests, replies)


def warm_up() -> None:
    """채점할 것을 읽고 불러오는 동안 씨앗이 뜨게 한다. 실패는 상자를 부탁할 때 드러난다."""
    from tcpedu.grading import tiers
    from tcpedu.grading.nursery import Unresponsive, nursery

    with suppress(Unresponsive, OSError):
        if (tier := tiers.best().name) != "C":
            nursery(tier).warm()


def limit_memory(size: int = MEMORY) -> None:
    """커널의 메시지가 아무리 많아도 컴퓨터를 멈추지 못하게 한다. 넘치면 그 제출물만 `채점기 실패`가 된다."""
    if sys.platform.startswith("linux"):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


if __name__ == "__main__":
    main()
