"""캡처 필터: libpcap이 바깥의 잣대다. 같은 필터가 같은 패킷을 남겨야 한다."""

from __future__ import annotations

import ctypes
import ctypes.util
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tcpedu.network.bpf import Filter, FilterError
from tcpedu.network.pcap import ip_packet
from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Flags, Segment

LIBPCAP = ctypes.util.find_library("pcap")
RAW = 12  # DLT_RAW
FILTERS = """
tcp
udp
ip6
icmp
not tcp
port 80
tcp port 80
udp port 53
src port 80
dst port 443
tcp dst port 443
portrange 80-100
tcp src portrange 1-1024
host 10.0.0.1
src host 10.0.0.1
dst host 10.0.0.2
src 10.0.0.1
src and dst host 10.0.0.1
src or dst host 10.0.0.1
ip[2:2] - tcp[12] > 20
host 2001:db8::1
net 10.0.0.0/8
src net 192.0.2.0/24
net 2001:db8::/32
ip host 10.0.0.1
port 80 or 443
port 80 or port 443
port (80 or 443)
tcp port (80 or 443)
host 10.0.0.1 or 192.0.2.7
not host 10.0.0.1 and 192.0.2.7
not port 22
!(port 22)
not port 80 and tcp
tcp && !(port 80 || port 443)
port 80 or port 443 and host 10.0.0.1
port 80 and host 10.0.0.1 or udp
(port 80 or port 443) and host 10.0.0.1
port 80 or (port 443 and host 10.0.0.1)
tcp[tcpflags] & tcp-syn != 0
tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn
tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)
tcp[tcpflags] == tcp-syn
tcp[13] = 2
tcp[13] & 4 != 0
tcp[tcpflags] & (tcp-rst|tcp-fin) != 0 and port 80
not tcp[tcpflags] & tcp-syn != 0
not (tcp[tcpflags] & tcp-ack != 0)
tcp[0:2] = 80
tcp[2:2] > 1023
tcp[4:4] > 0x7fffffff
tcp[14:2] == 0
tcp[14:2] == 0 and tcp[13] & 7 == 0
ip[8] < 65
ip[2:2] > 60
ip[16:4] = 0x0a000002
ip6[6] = 6
ip6 and tcp
tcp[((tcp[12] >> 4) * 4)] = 0x47
((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0
ip[2:2] - ((ip[0]&0xf)<<2) - ((tcp[12]&0xf0)>>2) > 500
tcp[20] = 0
not tcp[30] = 0
len > 100
len <= 40
less 60
greater 1000
ip[2:2] / 40 = 1
ip[2:2] % 7 = 3
1 + 1 = 2
udp[4:2] > 8
udp[0:2] = 53 or udp[2:2] = 53
tcp[13] & 2 | 1 = 3
tcp[13] + 1 * 2 = 4
ip and not udp
(tcp)
((port 80))
port 010
""".strip().splitlines()
WRONG = {
    "port": "port 다음에는 80 같은 값",
    "port http": "port 다음에는 80 같은 값",
    "host example.com": "host 다음에는 10.0.0.1 같은 값",
    "host 10.0.0.300": "주소가 틀렸거나",
    "net 10.0.0.1/8": "마스크 밖의 비트",
    "10.0.0.1": "host, net, port 가운데",
    "80": "host, net, port 가운데",
    "tcp host 10.0.0.1": "주소는 tcp가 아니라 IP의 것",
    "icmp port 80": "icmp에는 포트가 없습니다",
    "port 80 port 443": "and나 or로 이으세요",
    "port 80 and": "필터의 끝에서",
    "(port 80": "‘\\)’가 와야 합니다",
    "tcp[13": "계산과 비교가 끝나지 않았습니다",
    "tcp[13] & 2": "계산과 비교가 끝나지 않았습니다",
    "tcp[13:3] = 2": "계산과 비교가 끝나지 않았습니다",
    "port 80 @": "9째 글자 ‘@’",
    "syn and port 80": "필터의 1째 글자 ‘syn’",
}


def packets() -> list[bytes]:
    """주소, 포트, 플래그, 크기, 프로토콜이 여러 가지인 패킷들."""
    rng = random.Random(14)
    ends = [("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("192.0.2.7", "10.0.0.1"),
            ("192.0.2.7", "198.51.100.9"), ("2001:db8::1", "2001:db8::2"), ("2001:db8::9", "2001:db9::1")]  # fmt: skip
    made = []
    for _ in range(400):
        src, dst = rng.choice(ends)
        ports = [rng.choice((8, 22, 53, 80, 90, 443, 50000, rng.randrange(65536))) for _ in range(2)]
        data = rng.choice((b"", b"GET /", bytes(rng.randrange(1400))))
        flags = rng.choice((2, 18, 16, 24, 17, 4, 20, rng.randrange(256)))
        segment = Segment(*ports, seq=rng.getrandbits(32), ack=rng.getrandbits(32), flags=Flags(flags),
                          window=rng.choice((0, 500, 65535)), payload=data)  # fmt: skip
        made.append(ip_packet(src, dst, Datagram(*ports, data) if rng.random() < 0.2 else segment))
    icmp = bytearray(ip_packet("10.0.0.1", "10.0.0.2", Datagram(80, 80, b"hello")))
    icmp[9] = 1
    piece = bytearray(ip_packet("10.0.0.1", "10.0.0.2", Segment(80, 80, seq=1, flags=Flags.SYN)))
    piece[6:8] = b"\x00\x10"  # 뒤쪽 조각: 포트가 있을 자리에 다른 것이 있다
    short = ip_packet("10.0.0.1", "10.0.0.2", Segment(80, 443, seq=1, flags=Flags.SYN))[:30]
    return [*made, bytes(icmp), bytes(piece), short]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint), ("instructions", ctypes.c_void_p)]


class _Header(ctypes.Structure):
    _fields_ = [("sec", ctypes.c_long), ("usec", ctypes.c_long), ("caplen", ctypes.c_uint), ("len", ctypes.c_uint)]


@contextmanager
def libpcap(text: str) -> Iterator[Callable[[bytes], bool] | None]:
    """libpcap이 읽은 필터. 읽지 못하면 `None`."""
    library = ctypes.CDLL(LIBPCAP)
    library.pcap_open_dead.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(library.pcap_open_dead(RAW, 65535))
    program = _Program()
    failed = library.pcap_compile(handle, ctypes.byref(program), text.encode(), 1, 0xFFFFFFFF)

    def keeps(packet: bytes) -> bool:
        header = _Header(0, 0, len(packet), len(packet))
        return library.pcap_offline_filter(ctypes.byref(program), ctypes.byref(header), packet) != 0

    yield None if failed else keeps
    if not failed:
        library.pcap_freecode(ctypes.byref(program))
    library.pcap_close(handle)


@pytest.mark.skipif(LIBPCAP is None, reason="libpcap이 없다")
@pytest.mark.parametrize("text", FILTERS)
def test_libpcap_keeps_the_same_packets(text: str) -> None:
    ours = Filter.read(text)
    with libpcap(text) as keeps:
        assert keeps is not None, "libpcap이 읽지 못하는 필터다"
        differ = [number for number, data in enumerate(packets()) if ours.keeps(data) != keeps(data)]
    assert differ == []


@pytest.mark.skipif(LIBPCAP is None, reason="libpcap이 없다")
@pytest.mark.parametrize("text", [text for text in WRONG if text not in ("port http", "host example.com")])
def test_libpcap_refuses_them_too(text: str) -> None:
    with libpcap(text) as keeps:
        assert keeps is None


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=WRONG)
def test_a_wrong_filter_says_what_and_where(text: str, said: str) -> None:
    with pytest.raises(FilterError, match=said):
        Filter.read(text)


def test_an_empty_filter_keeps_everything() -> None:
    assert all(Filter.read(" ").keeps(data) for data in packets())


def test_and_and_or_bind_equally_from_the_left() -> None:
    """C의 사람은 and가 먼저라고 여긴다. 필터에서는 적은 차례다."""
    dns = ip_packet("192.0.2.7", "10.0.0.9", Segment(50000, 80, seq=1))
    assert not Filter.read("port 80 or port 443 and host 10.0.0.1").keeps(dns)
    assert Filter.read("port 80 or (port 443 and host 10.0.0.1)").keeps(dns)
