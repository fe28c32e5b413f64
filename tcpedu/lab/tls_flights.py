"""진짜 TLS의 바이트로 왕복을 센다: 소켓도 네트워크도 없이, 두 끝의 말을 손으로 옮긴다.

TLS도 sans-IO로 쓸 수 있다: `ssl.MemoryBIO`에 바이트를 넣고 나온 바이트를 상대에게 옮기면 된다. 인증서는 이 컴퓨터의
`openssl` 명령으로 임시 폴더에 만들고 곧 지운다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

_NAME = "localhost"


class Sent(NamedTuple):
    """한쪽이 이어서 보낸 것: 보낸 쪽, 바이트 수, 그때까지 끝난 핸드셰이크."""

    who: str
    size: int
    done: tuple[str, ...]


def tls_flights(version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> list[Sent] | None:
    """핸드셰이크에서 오간 것들을 차례대로. 인증서를 만들 수 없는 컴퓨터면 `None`.

    왕복의 수는 클라이언트가 끝나기까지 받은 횟수다. 크기는 OpenSSL과 인증서에 따라 다르다.
    """
    with tempfile.TemporaryDirectory() as folder:
        server_side = _server_context(Path(folder), version)
    if server_side is None:
        return None
    client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE  # 재려는 것은 왕복이지 신뢰가 아니다
    client_side.minimum_version = client_side.maximum_version = version
    pipes = {name: (ssl.MemoryBIO(), ssl.MemoryBIO()) for name in ("클라이언트", "서버")}
    ends = {
        "클라이언트": client_side.wrap_bio(*pipes["클라이언트"], server_hostname=_NAME),
        "서버": server_side.wrap_bio(*pipes["서버"], server_side=True),
    }
    return _exchange(ends, pipes)


def round_trips(flights: list[Sent]) -> int:
    """클라이언트가 핸드셰이크를 마치고 요청을 보낼 수 있기까지의 왕복.

    >>> round_trips([Sent("클라이언트", 300, ()), Sent("서버", 900, ()), Sent("클라이언트", 80, ("클라이언트",))])
    1
    """
    finished = next(index for index, sent in enumerate(flights) if "클라이언트" in sent.done)
    return sum(sent.who == "서버" for sent in flights[: finished + 1])


def _exchange(ends: dict[str, ssl.SSLObject], pipes: dict[str, tuple[ssl.MemoryBIO, ssl.MemoryBIO]]) -> list[Sent]:
    flights: list[Sent] = []
    done: set[str] = set()
    for turn in range(12):  # 핸드셰이크는 몇 번이면 끝난다
        who, other = ("클라이언트", "서버") if turn % 2 == 0 else ("서버", "클라이언트")
        if who not in done and _step(ends[who]):
            done.add(who)
        data = pipes[who][1].read()
        if data or who in done:
            flights.append(Sent(who, len(data), tuple(sorted(done))))
            pipes[other][0].write(data)
        if len(done) == 2:
            return flights
    raise RuntimeError("핸드셰이크가 끝나지 않았습니다")


def _step(end: ssl.SSLObject) -> bool:
    """받은 것까지 나아간다. 핸드셰이크가 끝났으면 참."""
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _server_context(folder: Path, version: ssl.TLSVersion) -> ssl.SSLContext | None:
    command = shutil.which("openssl")
    if command is None:
        return None
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = subprocess.run(
        [command, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", f"/CN={_NAME}", "-days", "1", "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(certificate, key)
    return context
