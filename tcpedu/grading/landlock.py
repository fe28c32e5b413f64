"""Landlock: 권한 없이도 이 과정이 열 수 있는 파일을 정한다 (리눅스 5.13). 자손이 물려받고 되돌릴 수 없다.

이름공간이 되는 컴퓨터에서는 두 번째 벽이고, 안 되는 컴퓨터에서는 파일을 지키는 단 하나의 벽이다.
"""

import os
import struct
from collections.abc import Iterable

from tcpedu.grading.linux import syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # 크기 바꾸기(ABI 3), 장치 ioctl(ABI 5)
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # ABI → 파일 권한의 수. 5부터는 16이다
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2  # ABI 6: 바깥의 추상 유닉스 소켓과 과정에 닿지 못하게 한다


def abi() -> int:
    """이 커널의 Landlock 판. 없으면 OSError."""
    return syscall(_CREATE, 0, 0, _VERSION, what="landlock")


def restrict(readable: Iterable[str], writable: Iterable[str], listable: Iterable[str] = ()) -> None:
    """`readable`은 읽고 실행만, `writable`은 무엇이든, `listable`은 이름만. 그 밖의 파일은 열지 못한다."""
    version = abi()
    everything = (1 << _RIGHTS.get(version, 16)) - 1
    attributes = struct.pack("QQQ", everything, 0, _ABSTRACT_SOCKETS | _SIGNALS)
    size = 24 if version >= 6 else 8
    ruleset = syscall(_CREATE, attributes, size, 0, what="landlock_create_ruleset")
    try:
        for paths, rights in ((readable, _READ), (writable, everything), (listable, _READ_DIR)):
            for path in paths:
                _allow(ruleset, path, rights & everything)
        syscall(_RESTRICT, ruleset, 0, what="landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if os.path.isdir(path) else rights & _ON_FILE
        syscall(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, place), 0, what=f"landlock({path})")
    finally:
        os.close(place)
