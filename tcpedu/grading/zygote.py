"""씨앗 과정: 커널에 필요한 것을 모두 불러와 두고, 부탁을 받을 때마다 갈라져 상자가 된다.

스레드 하나, 비밀 없음. 우리(`cage.py`) 안에서 돌고, 통로가 끊기면 끝난다.
"""

import gc
import json
import os
import signal
import socket
import sys
from typing import Any, NoReturn

from tcpedu.grading import box, linux

_LISTENERS = 5  # 주피터의 통로: shell iopub stdin control hb


def main() -> None:
    tier, channel, home, *rest = sys.argv[1:]
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # exec 앞에서 정한 것은 사용자를 바꾸며 지워졌다
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if "probe" not in rest:
        from tcpedu.grading import warm

        warm.load()
    gc.collect()
    gc.freeze()  # 갈라진 뒤에 쓰레기를 모으느라 페이지를 베끼지 않게 한다
    with socket.socket(fileno=int(channel)) as control:
        control.send(b"ready")
        serve(control, tier, home)


def serve(control: socket.socket, tier: str, home: str) -> None:
    """부탁 하나에 상자 하나. 첫 번째로 받은 통로로 상자가 스스로 알린다."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65_536, 1 + _LISTENERS)
        if not message:
            return
        if os.fork() == 0:
            _become(control, tier, home, json.loads(message), descriptors)
        for one in descriptors:
            os.close(one)


def _become(control: socket.socket, tier: str, home: str, order: dict[str, Any], descriptors: list[int]) -> NoReturn:
    """상자가 된다. 무슨 일이 있어도 씨앗 과정의 고리로 돌아가지 않는다."""
    try:
        control.close()
        report, *listeners = descriptors
        box.enter(tier, home, box.Order(**order), socket.socket(fileno=report), listeners)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
