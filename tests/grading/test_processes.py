"""과정을 나무째 끝낸다."""

import subprocess
import sys

import psutil
import pytest

from tcpedu.grading import processes

TREE = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
depth = int(sys.argv[1])
child = depth and subprocess.Popen([sys.executable, "-c", sys.argv[2], str(depth - 1), sys.argv[2]])
print(flush=True)
time.sleep(60)
"""


def test_the_whole_tree_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", TREE, "2", TREE], stdout=subprocess.PIPE) as root:
        assert root.stdout is not None
        for _ in range(3):  # 셋이 모두 뜰 때까지
            root.stdout.readline()
        family = [psutil.Process(root.pid), *psutil.Process(root.pid).children(recursive=True)]
        assert len(family) == 3
        processes.kill_tree(root.pid)
        assert not any(map(processes._running, family))


def test_a_process_already_gone_is_fine() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    processes.kill_tree(done.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="윈도에는 좀비가 없다")
def test_a_zombie_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """init이 거두지 않는 컨테이너에서는 영영 남는다."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        naps: list[float] = []
        monkeypatch.setattr(processes.time, "monotonic", lambda: sum(naps))
        sleep = processes.time.sleep
        monkeypatch.setattr(processes.time, "sleep", lambda seconds: (naps.append(seconds), sleep(seconds)))
        processes.kill_tree(child.pid)
        assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
        assert sum(naps) < 2
