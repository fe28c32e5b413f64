"""네임스페이스 안의 장치와 경로를 넷링크로 고친다: ioctl로는 되지 않는 것만 (`man 7 rtnetlink`).

`ip link`와 `ip route`가 하는 일이다. `ip` 명령이 없어도 되고, 자기 네임스페이스의 것에만 통한다.
"""

from __future__ import annotations

import os
import socket
import struct

RTM_NEWLINK, RTM_NEWROUTE = 16, 24
NLMSG_ERROR = 2
REQUEST, ACK, REPLACE, CREATE = 0x001, 0x004, 0x100, 0x400
IFLA_TXQLEN, IFLA_GSO_MAX_SEGS = 13, 40
RTA_DST, RTA_OIF, RTA_METRICS = 1, 4, 8
RTAX_INITCWND, RTAX_QUICKACK = 11, 15
MAIN_TABLE, STATIC, SCOPE_LINK, UNICAST = 254, 4, 253, 1


def set_link(name: str, *, queue: int, gso_segments: int) -> None:
    """보내는 큐의 길이(패킷)와, 커널이 한 덩이로 다룰 세그먼트의 수를 정한다 (`ip link set`)."""
    head = struct.pack("BxHiII", socket.AF_UNSPEC, 0, socket.if_nametoindex(name), 0, 0)
    body = _number(IFLA_TXQLEN, queue) + _number(IFLA_GSO_MAX_SEGS, gso_segments)
    _ask(RTM_NEWLINK, 0, head + body)


def set_route(name: str, peer: str, *, initial_window: int, quick_ack: bool) -> None:
    """`peer`(IPv4)로 가는 길의 성질을 정한다: 처음 윈도우(세그먼트)와 ACK를 미루지 않기 (`ip route replace`)."""
    head = struct.pack("8BI", socket.AF_INET, 32, 0, 0, MAIN_TABLE, STATIC, SCOPE_LINK, UNICAST, 0)
    metrics = _number(RTAX_INITCWND, initial_window) + _number(RTAX_QUICKACK, quick_ack)
    body = _attribute(RTA_DST, socket.inet_aton(peer)) + _number(RTA_OIF, socket.if_nametoindex(name))
    _ask(RTM_NEWROUTE, CREATE | REPLACE, head + body + _attribute(RTA_METRICS, metrics))


def _number(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack("I", value))


def _attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def _ask(kind: int, flags: int, body: bytes) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.settimeout(5)
        netlink.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | ACK | flags, 1, 0) + body)
        reply = netlink.recv(65536)
    (answer,) = struct.unpack_from("H", reply, 4)
    (number,) = struct.unpack_from("i", reply, 16)
    if answer == NLMSG_ERROR and number:  # 0이면 잘 되었다는 답이다
        raise OSError(-number, os.strerror(-number))
