"""상자 안에서 부를 수 없는 시스템 호출. 고전 BPF 프로그램 하나로 거른다 (seccomp(2)).

이름공간과 권한으로 이미 막힌 것을 한 번 더 막는다: 커널의 틈은 거의 모두 이런 호출에서 났다.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Sequence

from tcpedu.grading.linux import NAMESPACES, syscall

# 번호가 아키텍처마다 다른 것: (x86_64, aarch64)
_DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "msgget": (68, 186), "semget": (64, 190), "shmget": (29, 194), "mq_open": (240, 180),
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "acct": (163, 89), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "quotactl": (179, 60), "vhangup": (153, 58), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "sched_setaffinity": (203, 122),
}  # fmt: skip
# 모든 아키텍처에서 같은 것: io_uring, 새 마운트 API, pidfd_getfd, mount_setattr, open_tree_attr
_DENIED_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 467)
_CLONE3, _LANDLOCK = 435, 444
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CLONE_NEWCGROUP = 0x02000000
_CLONE, _SOCKET, _IOCTL = (56, 220), (41, 198), (16, 29)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16


def _one(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _return(value: int) -> bytes:
    return _one(_RETURN, value)


def _argument(index: int) -> bytes:
    return _one(_LOAD, _ARGUMENTS + 8 * index)


def program(machine: str) -> bytes:
    """`machine`("x86_64", "aarch64")의 거르개. 모르는 아키텍처면 KeyError."""
    architecture, column = _ARCHITECTURES[machine]
    refuse = _return(_ERRNO | errno.EPERM)
    rules = [
        _one(_LOAD, _ARCH), _one(_EQUAL, architecture, 1, 0), _return(_KILL),
        _one(_LOAD, _NUMBER),
        _one(_AT_LEAST, 0x40000000, 0, 1), refuse,  # x32의 번호
        # glibc는 clone3이 없다고 하면 clone을 쓴다. clone3의 인자는 메모리에 있어 거르지 못한다.
        _one(_EQUAL, _CLONE3, 0, 1), _return(_ERRNO | errno.ENOSYS),
    ]  # fmt: skip
    for number in (*(pair[column] for pair in _DENIED.values()), *_DENIED_EVERYWHERE):
        rules += [_one(_EQUAL, number, 0, 1), refuse]
    rules += _when(_CLONE[column], [_argument(0), _one(_ANY_BIT, NAMESPACES | _CLONE_NEWCGROUP, 0, 1), refuse])
    families = [_one(_EQUAL, family, len(_FAMILIES) - place, 0) for place, family in enumerate(_FAMILIES)]
    rules += _when(_SOCKET[column], [_argument(0), *families, refuse])
    terminal = [_one(_EQUAL, _TIOCSTI, 1, 0), _one(_EQUAL, _TIOCLINUX, 0, 1), refuse]
    rules += _when(_IOCTL[column], [_argument(1), *terminal])
    return b"".join([*rules, _return(_ALLOW)])


def _when(number: int, body: Sequence[bytes]) -> list[bytes]:
    """호출 번호가 `number`이면 `body`를 보고, 거기서 걸리지 않으면 허락한다."""
    return [_one(_EQUAL, number, 0, len(body) + 1), *body, _return(_ALLOW)]


def no_namespaces(machine: str) -> bytes:
    """이름공간을 만드는 호출만 막는 거르개: 흔한 컨테이너가 하는 일이다. 단계를 시험할 때 쓴다."""
    return _only(machine, [_DENIED["unshare"]])


def nothing_at_all(machine: str) -> bytes:
    """이름공간도 Landlock도 없는 컴퓨터인 것처럼 보이게 하는 거르개."""
    return _only(machine, [_DENIED["unshare"], (_LANDLOCK, _LANDLOCK)])


def _only(machine: str, denied: Sequence[tuple[int, int]]) -> bytes:
    _, column = _ARCHITECTURES[machine]
    refuse = _return(_ERRNO | errno.EPERM)
    rules = [part for pair in denied for part in (_one(_EQUAL, pair[column], 0, 1), refuse)]
    return b"".join([_one(_LOAD, _NUMBER), *rules, _return(_ALLOW)])


def install(code: bytes) -> None:
    """거르개를 건다. 되돌릴 수 없고 자손이 물려받는다. no_new_privs가 먼저다."""
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    syscall(_SECCOMP[os.uname().machine], 1, 0, header, what="seccomp")
