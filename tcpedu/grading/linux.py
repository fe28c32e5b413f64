"""격리에 쓰는 리눅스 시스템 호출 가운데 파이썬 표준 라이브러리에 없는 것."""

import ctypes
import os
import struct
from functools import cache
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
NAMESPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38

NETLINK_SOCK_DIAG = 4  # linux/netlink.h

# 424번부터는 모든 아키텍처에서 번호가 같다.
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_LAST_CAPABILITY = 63


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: Any, what: str = "") -> int:
    """번호로 부른다. 실패하면 OSError."""
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *words), what or f"syscall {number}")


def prctl(option: int, value: int = 0) -> None:
    _checked(_libc().prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl({option})")


def unshare(flags: int) -> None:
    _checked(_libc().unshare(flags), "unshare")


def map_user(uid: int, gid: int, inside: int) -> None:
    """방금 만든 사용자 이름공간에서 내 번호를 `inside`로 보이게 한다."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {uid} 1"), ("gid_map", f"{inside} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    options = None if data is None else data.encode()
    _checked(_libc().mount(*words, ctypes.c_ulong(flags), options), f"mount({target})")


def bind(source: str, target: str) -> None:
    """폴더를 읽기 전용으로 잇는다. 그 아래에 이어진 것까지 모두 읽기 전용이다 (리눅스 5.12)."""
    mount(source, target, flags=MS_BIND | MS_REC)
    attributes = struct.pack("QQQQ", MS_RDONLY | MS_NOSUID | MS_NODEV, 0, 0, 0)
    arguments = (_AT_FDCWD, os.fsencode(target), _AT_RECURSIVE, attributes, len(attributes))
    syscall(_MOUNT_SETATTR, *arguments, what=f"mount_setattr({target})")


def pivot_root(new: str, old: str) -> None:
    syscall(_PIVOT_ROOT[os.uname().machine], os.fsencode(new), os.fsencode(old), what="pivot_root")


def detach(target: str) -> None:
    _checked(_libc().umount2(os.fsencode(target), MNT_DETACH), f"umount2({target})")


def drop_capabilities() -> None:
    """모든 권한을 내려놓고, exec로도 되찾지 못하게 한다."""
    for number in range(_LAST_CAPABILITY + 1):
        if _libc().prctl(PR_CAPBSET_DROP, ctypes.c_ulong(number), 0, 0, 0) < 0:
            break  # 이 커널에 없는 권한이거나, 이미 아무 권한도 없다
    header = struct.pack("Ii", 0x20080522, 0)
    syscall(_CAPSET[os.uname().machine], header, bytes(24), what="capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)
