"""네임스페이스를 지키는 자식 과정: 커널의 TCP를 그 안에 두고, 손잡이(fd)만 밖으로 건넨다.

TUN의 fd와 소켓은 만들어진 네임스페이스에 언제까지나 속한다. 그래서 노트북 과정은 네임스페이스에 들어가지 않고도 패킷을
읽고 쓰며 커널의 소켓을 부린다. 스레드가 여럿인 노트북 과정은 사용자 네임스페이스를 만들 수도 없다(unshare(2)의 EINVAL).
부모가 소켓을 닫으면(끝나도 닫힌다) 이 과정도 끝나고, 네임스페이스는 마지막 fd와 함께 사라진다.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from tcpedu.lab.interface import bring_up
from tcpedu.lab.kernel_probe import make
from tcpedu.lab.netlink import set_link

DEVICE = "tcpedu0"
QUEUE = 10_000  # 패킷. 기본값 500은 한꺼번에 나가는 데이터가 넘치면 소리 없이 버린다
MESSAGE = 1 << 16
COMMAND_SECONDS = 10.0

Reply = tuple[dict[str, Any], list[int]]


def make_namespace(address: str, mtu: int) -> Reply:
    """새 네임스페이스와 TUN을 만든다. 어느 단계에서 막혔는지, 됐으면 TUN의 fd를 돌려준다."""
    found, tun = make()
    if tun is None:
        return found, []
    try:
        bring_up("lo")
        bring_up(DEVICE, address, mtu=mtu)
        set_link(DEVICE, queue=QUEUE)  # ioctl(SIOCSIFTXQLEN)은 네임스페이스 안에서 EPERM이다
    except OSError as error:
        return {"step": "address", "errno": error.errno}, []
    return found, [tun]


def new_socket() -> Reply:
    return {}, [socket.socket(socket.AF_INET, socket.SOCK_STREAM).detach()]


def run(command: list[str]) -> Reply:
    """네임스페이스 안에서 명령을 돌린다. 출력은 길 수 있어 메모리 파일로 건넨다."""
    import shutil  # 명령을 부탁받았을 때만: 자식이 뜨는 시간을 아낀다
    import subprocess

    out, err = os.memfd_create("stdout"), os.memfd_create("stderr")
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"  # ip는 데비안에서 보통 사용자의 PATH 밖에 있다
    if shutil.which(command[0], path=path) is None:
        return {"error": f"{command[0]} 명령이 이 컴퓨터에 없습니다"}, [out, err]
    environment = {**os.environ, "PATH": path}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=COMMAND_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        return {"error": f"{command[0]} 명령이 {COMMAND_SECONDS:g}초 안에 끝나지 않아 멈췄습니다"}, [out, err]
    except OSError as error:
        return {"error": f"{command[0]} 명령을 실행하지 못했습니다: {error.strerror}"}, [out, err]
    return {"returncode": done.returncode}, [out, err]


def send(pair: socket.socket, reply: Reply) -> None:
    """답과 fd를 건네고, 이쪽의 fd는 닫는다."""
    body, fds = reply
    socket.send_fds(pair, [json.dumps(body).encode()], fds)
    for fd in fds:
        os.close(fd)


def main(fd: str, address: str, mtu: str) -> None:
    """`fd`는 부모와 이어진 SOCK_SEQPACKET 소켓이다. 부모가 닫을 때까지 부탁을 들어준다."""
    with socket.socket(fileno=int(fd)) as pair:
        send(pair, make_namespace(address, int(mtu)))
        while asked := pair.recv(MESSAGE):
            request = json.loads(asked)
            send(pair, new_socket() if request["do"] == "socket" else run(request["command"]))
