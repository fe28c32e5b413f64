"""진짜 커널 실습을 할 수 있는지 실제로 해 본다. 늘 따로 띄운 자식 과정에서 돈다.

새 사용자·네트워크 네임스페이스 안에서만 일하고, 과정이 끝나면 네임스페이스째 사라진다: 컴퓨터는 그대로다.
마지막 줄에 어느 단계에서 어떤 errno로 막혔는지 JSON으로 적는다.
"""

import ctypes
import json
import os
import struct
import sys

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000  # 패킷 앞에 4바이트 정보를 붙이지 않는다


def unshare() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def map_ids(uid: int, gid: int) -> None:
    """네임스페이스 안에서 관리자 노릇을 하도록 내 번호를 0에 잇는다."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def open_tun() -> int:
    return os.open("/dev/net/tun", os.O_RDWR)


def attach(tun: int) -> None:
    """네임스페이스 안에 가상 장치를 하나 만든다. 여기까지 되면 실습도 된다."""
    import fcntl

    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tcpedu0", IFF_TUN | IFF_NO_PI))


def make() -> tuple[dict[str, object], int | None]:
    """네임스페이스와 TUN을 만든다: 멈춘 단계와 errno, 됐으면 TUN의 fd."""
    uid, gid = os.getuid(), os.getgid()
    step = "unshare"
    try:
        unshare()
        step = "map"
        map_ids(uid, gid)
        step = "open"
        tun = open_tun()
        step = "attach"
        attach(tun)
    except OSError as error:
        return {"step": step, "errno": error.errno}, None
    return {"step": "done", "errno": 0}, tun


def probe() -> dict[str, object]:
    return make()[0]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
