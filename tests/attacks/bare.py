"""가두지 않은 커널을 바로 띄우는 씨앗 과정: `python bare.py 통로`.

채점의 상자와 같은 커널인데 상자가 없다. 공격이 상자 밖에서는 진짜로 통하는지 보는 데에만 쓴다.
"""

import json
import os
import signal
import socket
import sys

from tcpedu.grading import linux, warm


def main() -> None:
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # 숨은 자손도 시험이 찾아 끝낼 수 있게
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    warm.load()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        control.send(b"ready")
        while True:
            message, listeners, _, _ = socket.recv_fds(control, 4096, 5)
            if not message:
                return
            child = os.fork()
            if child == 0:
                control.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                order = json.loads(message)
                os.setsid()
                os.chdir(order["home"])
                warm.run(order["key"], listeners)
            for one in listeners:
                os.close(one)
            control.send(str(child).encode())


if __name__ == "__main__":
    main()
