"""캡처 파일을 읽고 쓴다: pcap과 pcapng, dpkt로.

dpkt는 잘린 파일을 말없이 짧게 읽는다. 그래서 먼저 길이만 따라가며 어디가 모자란지 확인한다.
강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

_PCAP = {
    b"\xa1\xb2\xc3\xd4": ">", b"\xd4\xc3\xb2\xa1": "<",  # 마이크로초
    b"\xa1\xb2\x3c\x4d": ">", b"\x4d\x3c\xb2\xa1": "<",  # 나노초
}  # fmt: skip
_PCAPNG = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDER = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_FILE_HEADER, _RECORD_HEADER, _SMALLEST_BLOCK = 24, 16, 12
_INTERFACE = 1

Packets = list[tuple[float, bytes]]


class CaptureError(ValueError):
    """읽을 수 없는 캡처. 무엇이 어디서 잘못되었는지 말한다."""


def read_file(path: str | Path) -> tuple[int, Packets]:
    """캡처 파일의 (링크 종류, [(시각(초), 프레임), …]). 시각은 파일에 적힌 그대로다. 잘못된 파일은 `CaptureError`."""
    from dpkt import Error

    data = Path(path).read_bytes()
    if data[:4] == _PCAPNG:
        _check_pcapng(data)
        from dpkt.pcapng import Reader
    elif data[:4] in _PCAP:
        _check_pcap(data, _PCAP[data[:4]])
        from dpkt.pcap import Reader
    else:
        raise CaptureError(f"캡처 파일이 아닙니다: {Path(path).name}의 {_beginning(data)}. pcap이나 pcapng을 주세요")
    try:
        reader = Reader(BytesIO(data))
        return reader.datalink(), [(float(time), bytes(frame)) for time, frame in reader]
    except (Error, ValueError, struct.error) as error:
        raise CaptureError(f"{Path(path).name}의 내용이 형식에 맞지 않습니다: {error}") from error


def write_file(path: str | Path, packets: Iterable[tuple[float, bytes]], linktype: int) -> Path:
    """(시각(초), 프레임)을 적는다. 이름이 `.pcapng`으로 끝나면 pcapng, 아니면 pcap이다. 시각은 마이크로초까지다."""
    path = Path(path)
    if path.suffix == ".pcapng":
        from dpkt.pcapng import Writer
    else:
        from dpkt.pcap import Writer
    with path.open("wb") as file:
        # 반올림해 두지 않으면 dpkt가 1초를 1000000마이크로초로 적기도 한다.
        Writer(file, snaplen=262144, linktype=linktype).writepkts((round(time, 6), data) for time, data in packets)
    return path


def _beginning(data: bytes) -> str:
    return f"첫 네 바이트가 {data[:4].hex(' ')}입니다" if data else "내용이 비어 있습니다"


def _check_pcap(data: bytes, order: str) -> None:
    """파일 헤더 24바이트 뒤로 (헤더 16바이트, 프레임)이 빈틈없이 이어지는가."""
    if len(data) < _FILE_HEADER:
        raise CaptureError(f"pcap의 파일 헤더가 잘렸습니다: {_FILE_HEADER}바이트가 필요한데 {len(data)}바이트뿐입니다")
    at, number = _FILE_HEADER, 1
    while at < len(data):
        _need(data, at, _RECORD_HEADER, f"{number}번째 패킷의 헤더")
        (captured,) = struct.unpack_from(order + "I", data, at + 8)
        _need(data, at + _RECORD_HEADER, captured, f"{number}번째 패킷")
        at, number = at + _RECORD_HEADER + captured, number + 1


def _need(data: bytes, at: int, size: int, what: str) -> None:
    left = len(data) - at
    if left < size:
        raise CaptureError(
            f"{what}이(가) 잘렸습니다: 파일의 {at}바이트부터 {size}바이트여야 하는데 {left}바이트뿐입니다"
        )


def _check_pcapng(data: bytes) -> None:
    """블록의 앞뒤에 적힌 길이가 맞고, 인터페이스의 종류가 하나인가."""
    interfaces = [(at, order) for kind, at, order in _blocks(data) if kind == _INTERFACE]
    kinds = {struct.unpack_from(order + "H", data, at + 8)[0] for at, order in interfaces}
    if not kinds:
        raise CaptureError("pcapng에 인터페이스 블록이 없습니다. 어떤 링크에서 잡았는지 알 수 없습니다")
    if len(kinds) > 1:
        raise CaptureError(
            f"여러 종류의 링크에서 잡은 pcapng입니다: {sorted(kinds)}. Wireshark에서 한 인터페이스만 골라 저장하세요"
        )


def _blocks(data: bytes) -> Iterator[tuple[int, int, str]]:
    """블록마다 (종류, 자리, 바이트 순서)."""
    at, number, order = 0, 1, ""
    while at < len(data):
        what = f"pcapng의 {number}번째 블록"
        _need(data, at, _SMALLEST_BLOCK, what)
        if data[at : at + 4] == _PCAPNG:
            order = _BYTE_ORDER.get(data[at + 8 : at + 12], "")
            if not order:
                raise CaptureError(f"{what}: 바이트 순서를 알 수 없습니다({data[at + 8 : at + 12].hex(' ')})")
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < _SMALLEST_BLOCK or size % 4:
            raise CaptureError(f"{what}의 길이가 {size}입니다: 파일의 {at}바이트. 12 이상인 4의 배수여야 합니다")
        _need(data, at, size, what)
        (again,) = struct.unpack_from(order + "I", data, at + size - 4)
        if again != size:
            raise CaptureError(f"{what}의 앞뒤 길이가 다릅니다: 파일의 {at}바이트에 {size}, 끝에 {again}")
        yield kind, at, order
        at, number = at + size, number + 1
