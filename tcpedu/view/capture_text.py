"""캡처 프로그램이 보여 주는 16진수 글을 바이트로 읽는다: tcpdump -x, Wireshark, 파이썬의 bytes, 그냥 16진수."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address

from tcpedu.protocol.checksum import PROTOCOL_TCP, internet_checksum

_OFFSET = re.compile(r"^\s*(?:0x)?([0-9a-fA-F]{3,8})(?::\s*|\s{2,})")
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_ETHERNET = 14


@dataclass(frozen=True)
class Pasted:
    """붙여 넣은 글에서 찾은 세그먼트. IP 헤더가 있었으면 그 주소들과 헤더의 바이트도."""

    data: bytes
    src: str | None = None
    dst: str | None = None
    ip: bytes = field(default=b"", compare=False, repr=False)


def parse_hex(text: str) -> Pasted:
    """붙여 넣은 글에서 TCP 세그먼트를 꺼낸다. 앞에 이더넷·IP 헤더가 있으면 벗겨 낸다. 16진수가 아니면 `ValueError`.

    >>> parse_hex("0x0000:  c350 0050 0000 0064").data.hex(" ", 2)
    'c350 0050 0000 0064'
    """
    if _ESCAPE.search(text):
        raise_on_plain_characters(text)
        return strip_headers(bytes.fromhex("".join(_ESCAPE.findall(text))))
    return strip_headers(b"".join(_line_bytes(line, number) for number, line in enumerate(text.splitlines(), 1)))


def raise_on_plain_characters(text: str) -> None:
    """b'\\x45E'처럼 글자가 섞인 bytes 표기는 헷갈리므로 받지 않는다."""
    rest = _ESCAPE.sub("", text).strip().removeprefix("b").strip("'\" \n")
    if rest:
        raise ValueError(f"\\x 표기에 보통 글자가 섞였습니다: {rest[:20]}. 파이썬에서 .hex()로 바꾸어 붙여 넣으세요")


def _line_bytes(line: str, number: int) -> bytes:
    offset = _OFFSET.match(line)
    # 오프셋이 붙은 줄의 오른쪽 끝에는 같은 바이트를 글자로 적은 것이 있다.
    body = re.split(r"\s{2,}(?=\S*$)|\s{3,}", line[offset.end() :])[0] if offset else line
    digits = re.sub(r"0x|[\s:,\-]", "", body, flags=re.IGNORECASE)
    bad = re.search(r"[^0-9a-fA-F]", digits)
    if bad:
        raise ValueError(f"16진수가 아닌 글자가 있습니다: {number}번째 줄의 ‘{bad[0]}’")
    if len(digits) % 2:
        raise ValueError(f"16진수의 개수가 홀수입니다: {number}번째 줄. 한 바이트는 두 자리입니다")
    return bytes.fromhex(digits)


def strip_headers(data: bytes) -> Pasted:
    """이더넷과 IP 헤더를 벗긴다. TCP가 아니면 `ValueError`."""
    if not data:
        raise ValueError("바이트가 없습니다. 16진수를 붙여 넣으세요")
    for start in (0, _ETHERNET):
        packet = data[start:]
        if _is_ipv4(packet):
            return _from_ipv4(packet)
        if _is_ipv6(packet):
            length = int.from_bytes(packet[4:6], "big")
            ends = str(ip_address(packet[8:24])), str(ip_address(packet[24:40]))
            return Pasted(packet[40 : 40 + length], *ends, packet[:40])
    return Pasted(data)


def _is_ipv4(packet: bytes) -> bool:
    if len(packet) < 20 or packet[0] >> 4 != 4 or (packet[0] & 15) < 5:
        return False
    total = int.from_bytes(packet[2:4], "big")
    header = packet[: (packet[0] & 15) * 4]
    # 우연히 4로 시작하는 포트와 가리려고 길이와 체크섬까지 본다. 보낸 쪽에서 잡으면 체크섬이 0일 수 있다.
    return len(header) <= total <= len(packet) and (internet_checksum(header) == 0 or packet[10:12] == b"\0\0")


def _from_ipv4(packet: bytes) -> Pasted:
    if packet[9] != PROTOCOL_TCP:
        raise ValueError(f"TCP가 아닙니다: IP 헤더의 프로토콜이 {packet[9]}입니다(TCP는 6)")
    start, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
    ends = str(ip_address(packet[12:16])), str(ip_address(packet[16:20]))
    return Pasted(packet[start:total], *ends, packet[:start])


def _is_ipv6(packet: bytes) -> bool:
    if len(packet) < 60 or packet[0] >> 4 != 6 or packet[6] != PROTOCOL_TCP:
        return False
    return 20 <= int.from_bytes(packet[4:6], "big") <= len(packet) - 40
