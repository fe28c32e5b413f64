"""상자: 씨앗 과정에서 갈라져 나와 스스로를 가두고, 그 안에서 배우는 사람의 커널이 된다.

순서가 중요하다. 이름공간 → 폴더와 네트워크 → 한도 → 권한 내려놓기 → 갈라지기 → Landlock과 seccomp → 커널.
갈라진 뒤 남은 쪽은 상자의 첫 과정이 되어 지켜본다(`warden.py`): 첫 과정이 끝나면 상자의 모든 과정이 끝난다.
"""

import contextlib
import os
import resource
import shutil
import signal
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import tcpedu
from tcpedu.grading import landlock, linux, seccomp, warden
from tcpedu.lab.interface import bring_up

PROCESSES = 54  # 커널의 스레드까지 합한 수. 배우는 사람의 몫은 50개가 못 된다
MEMORY = 1 << 30  # 과정 하나가 더 쓸 수 있는 주소 공간
FILE_SIZE = 50_000_000
FILES = 256
UID = 1000
COVERED = ("protocol", "network")  # 글을 가리는 방: 묻고 있는 것의 구현을 베끼지 못하게 한다
_PACKAGE = os.path.dirname(tcpedu.__file__)
_CALM = linux.MS_NOSUID | linux.MS_NODEV


@dataclass(frozen=True)
class Order:
    """상자 하나의 부탁: 몇 초 사는가, 채점기가 쓸 소켓은 몇 개인가, 커널을 띄우는가, 어느 CPU인가."""

    life: int
    sockets: int = 0
    kernel: bool = True
    key: str = ""
    core: int | None = None


def enter(tier: str, home: str, order: Order, report: socket.socket, listeners: Sequence[int]) -> NoReturn:
    """이 과정을 상자로 바꾼다. 준비가 되었는지, 어디에서 막혔는지를 `report`로 알린다."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, warden.SIGNALS)
    try:
        if tier == "A":
            home = _separate(home)
        else:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGTERM)  # 이름공간이 없으면 씨앗과 저절로 함께 끝나지 않는다
            home = tempfile.mkdtemp(prefix="box-", dir=home)
        os.mkdir(os.path.join(home, "tmp"))
        os.chdir(home)
        _stay_on(order.core)
        _limit(order.life, others=0 if tier == "A" else _tasks_of(os.getuid()))
        descriptors = [os.pidfd_open(os.getpid()), *_sockets(order.sockets)]
        linux.drop_capabilities()
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    except OSError as error:
        report.send(f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    child = os.fork()
    if child == 0:
        report.close()
        _live(tier, home, order, listeners)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)  # 같은 사용자도 이 과정의 기억과 통로를 열지 못한다
    socket.send_fds(report, [b"ready"], descriptors)
    for one in (*descriptors, *listeners, report.detach()):
        os.close(one)
    warden.watch(child, order.life)
    if tier != "A":
        shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def _separate(home: str) -> str:
    """이름공간 여섯 개를 새로 만들고, 그 안의 첫 과정이 되어 돌아온다."""
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(linux.NAMESPACES)
    linux.map_user(uid, gid, UID)
    if os.fork():
        os._exit(0)
    linux.mount("proc", "/proc", "proc", _CALM | linux.MS_NOEXEC)
    linux.mount("tmpfs", os.path.dirname(home), "tmpfs", _CALM, "size=64m,nr_inodes=5000,mode=700")
    os.mkdir(home)
    linux.mount("tmpfs", "/dev/shm", "tmpfs", _CALM, "size=16m,nr_inodes=500,mode=1777")
    for room in COVERED:
        linux.mount("tmpfs", os.path.join(_PACKAGE, room), "tmpfs", _CALM | linux.MS_RDONLY, "size=4k,mode=755")
    socket.sethostname("box")
    bring_up("lo")
    return home


def _sockets(count: int) -> list[int]:
    """상자의 네트워크에 속한 빈 TCP 소켓. 배우는 사람의 코드가 돌기 전에 만들어 채점기에 넘긴다.

    맨 뒤의 것은 커널에 소켓의 사정을 묻는 넷링크 소켓이다. 그런 것이 없는 커널도 있다.
    """
    found = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    with contextlib.suppress(OSError):  # 그러면 상대가 커널 안에서 돌게 된다
        found += [socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, linux.NETLINK_SOCK_DIAG)] if count else []
    return [one.detach() for one in found]


def _tasks_of(uid: int) -> int:
    """이 컴퓨터에서 그 사용자가 돌리는 스레드의 수."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == uid:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue  # 그 사이에 끝났거나 볼 수 없다
    return count


def _stay_on(core: int | None) -> None:
    """CPU 하나에서만 돈다. seccomp이 되돌리지 못하게 한다."""
    if core is not None:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def _limit(life: int, others: int) -> None:
    """한도를 건다. 사용자 이름공간이 없으면 과정 수는 그 사용자의 다른 과정(`others`)까지 합해서 센다."""
    with open("/proc/self/statm", encoding="ascii") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_NPROC: PROCESSES + others, resource.RLIMIT_AS: size + MEMORY, resource.RLIMIT_CPU: life,
        resource.RLIMIT_FSIZE: FILE_SIZE, resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: FILES,
    }  # fmt: skip
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _live(tier: str, home: str, order: Order, listeners: Sequence[int]) -> NoReturn:
    """배우는 사람의 과정이 된다. 지켜보는 과정보다 한 겹 더 갇힌다."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.setsid()
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(silence, standard)
    _close_all_but((0, 1, 2, *listeners))
    shut(tier, home)
    if order.kernel:
        from tcpedu.grading import warm

        warm.run(order.key, listeners)
    os._exit(0)


def shut(tier: str, home: str) -> None:
    """Landlock과 seccomp. 이름공간이 있으면 Landlock은 없어도 된다."""
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
    try:
        landlock.restrict(["/"], [home, "/dev/shm", "/proc", *devices] if tier == "A" else [home, *devices])
    except OSError:
        if tier != "A":
            raise
    seccomp.install(seccomp.program(os.uname().machine))


def _close_all_but(kept: Sequence[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                continue  # 목록을 읽느라 열었던 것
