"""그림과 위젯은 규약을 계산하지 않는다: 보이는 수는 모두 `protocol`과 `network`에서 온다.

파이썬은 `ast`로, 자바스크립트는 문자열과 주석을 뺀 글로 본다. 예외는 이유와 함께 아래 표에 적는다.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

VIEW = Path(__file__).parents[2] / "tcpedu" / "view"

# RFC 9293 §3.3.1과 헤더의 순서 번호. 더하고 빼고 견주는 일은 seqnum과 network가 한다.
NUMBERS = {"seq", "ack", "iss", "irs", "isn", "snd_una", "snd_nxt", "snd_wl1", "snd_wl2", "rcv_nxt", "rcv_up"}
# 알고리즘이 셈하는 양. 그리려고 좌표로 늘이는 것(곱하고 나누는 것)은 괜찮지만, 저희끼리 셈하면 규약이다.
AMOUNTS = {"cwnd", "ssthresh", "srtt", "rttvar", "rto", "rtt", "mss", "snd_wnd", "rcv_wnd", "in_flight", "flight_size"}
# 스트림의 자리와 버퍼의 크기(`network.snapshots`). 그것들 사이의 거리도 network가 센다.
PLACES = {
    "written", "acked", "send_edge", "consumed", "readable", "received", "receive_edge", "flight", "usable",
}  # fmt: skip
# 규약의 상수: 번호의 크기, 기본 MSS와 초기 윈도우, 16비트 윈도우의 끝.
CONSTANTS = {2**32, 2**32 - 1, 2**31, 2**31 - 1, 65535, 65536, 1460, 536, 1220, 14600}
MACHINES = {
    "arrival", "arrival_ack", "arrival_checks", "connection", "delayed_ack", "nagle", "newreno", "output", "persist",
    "prr", "receiver", "recovery", "rto", "rtt", "sack_recovery", "scoreboard", "sender", "timers",
}  # fmt: skip
# 바이트를 보이고 고치는 것이 일인 모듈. 비트를 옮기는 셈은 여기에만 있다.
EDITORS = {"inspect.py": "헤더 검사기의 바이트 고치기", "capture_text.py": "붙여 넣은 글에서 세그먼트 꺼내기"}


def terminal(node: ast.expr) -> str:
    """`trace.rows[0].seq`의 `seq`, `row["seq"]`의 `seq`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return ""


def python_faults(source: str, name: str = "x.py") -> list[str]:
    """규약의 계산으로 보이는 곳들: `줄: 까닭`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.BinOp(left=left, op=op, right=right) if name not in EDITORS:
                names = {terminal(left), terminal(right)}
                if (
                    names & NUMBERS
                    and isinstance(op, ast.Add | ast.Sub | ast.Mod)
                    and not isinstance(left, ast.Constant)
                ):
                    found.append((node, f"순서 번호를 셈합니다: {ast.unparse(node)}"))
                elif _reckons(names, op, right):
                    found.append((node, f"규약의 양을 셈합니다: {ast.unparse(node)}"))
                elif _fraction(node) or _power(node):
                    found.append((node, f"규약의 상수로 보입니다: {ast.unparse(node)}"))
            case ast.AugAssign(target=target) if terminal(target) in NUMBERS | AMOUNTS:
                found.append((node, f"규약의 변수를 바꿉니다: {ast.unparse(node)}"))
            case ast.Compare(left=left, ops=ops, comparators=others) if any(
                isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in ops
            ):
                if {terminal(one) for one in (left, *others)} & NUMBERS:
                    found.append((node, f"순서 번호를 크기로 견줍니다: {ast.unparse(node)}"))
            case ast.Constant(value=int() | float() as value) if value in CONSTANTS and name not in EDITORS:
                found.append((node, f"규약의 상수입니다: {value}"))
            case ast.ImportFrom(module=str() as module) if _machine(module, [alias.name for alias in node.names]):
                found.append((node, f"규약의 기계를 직접 부립니다: {module}"))
            case ast.ClassDef(bases=bases) if any(terminal(base) in {"CongestionControl", "Reno"} for base in bases):
                found.append((node, f"알고리즘을 만듭니다: {node.name}"))
    return [f"{node.lineno}: {why}" for node, why in found]


def _reckons(names: set[str], op: ast.operator, right: ast.expr) -> bool:
    """두 양을 저희끼리 셈하거나, 하나를 더하고 빼는가. MSS로 나누어 세그먼트로 적는 것은 단위를 바꾸는 것이다."""
    if isinstance(op, ast.Div) and terminal(right) == "mss":
        return False
    if isinstance(op, ast.Mod) and terminal(right) == "MODULUS":
        return True
    return len(names & AMOUNTS) == 2 or (bool(names & (AMOUNTS | PLACES)) and isinstance(op, ast.Add | ast.Sub))


def _fraction(node: ast.BinOp) -> bool:
    """1/8, 7/8, 1/4, 3/4: RFC 6298의 α와 β."""
    return ast.unparse(node) in {"1 / 8", "7 / 8", "1 / 4", "3 / 4"}


def _power(node: ast.BinOp) -> bool:
    return ast.unparse(node) in {"2 ** 32", "2 ** 31", "2 ** 16", "1 << 32", "1 << 31", "1 << 16"}


def _machine(module: str, names: list[str]) -> bool:
    parts = module.split(".")
    return "protocol" in parts and bool(({parts[-1]} | set(names)) & MACHINES)


SOURCES = sorted(VIEW.rglob("*.py"))
SCRIPTS = sorted(VIEW.rglob("*.js"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(VIEW)))
def test_python_only_shows(path: Path) -> None:
    assert python_faults(path.read_text(encoding="utf-8"), path.name) == []


@pytest.mark.parametrize(
    "source",
    [
        "end = segment.seq + len(segment.payload)",
        "x = row['ack'] - 1",
        "n = (snd_nxt - snd_una) % size",
        "self.cwnd += self.mss",
        "free = snd_wnd - in_flight",
        "hidden = buffer - receiver.readable",
        "usable = sender.send_edge - sender.sent",
        "next = (seq + n) % MODULUS",
        "number = tick % MODULUS",
        "x = cwnd / rtt",
        "srtt = srtt * 0.875 + rtt * (1 / 8)",
        "ok = snd_una < segment.ack",
        "n = x % 2**32",
        "n = x & 0xFFFFFFFF",
        "n = 1 << 32",
        "mss = 1460",
        "from tcpedu.protocol.rto import RtoEstimator",
        "from tcpedu.protocol import sender",
        "def f():\n    from tcpedu.protocol.connection import Connection",
        "class Mine(Reno): pass",
    ],
)
def test_every_kind_of_calculation_is_seen(source: str) -> None:
    assert python_faults(source)


@pytest.mark.parametrize(
    "source",
    [
        "text = f'seq={segment.seq}'",
        "y = top - sample.cwnd * scale",
        "segments = one.cwnd / mss",
        "angle = 2 * pi * seq / turn",
        "label = '순서 번호 ' + str(seq)",
        "from tcpedu.protocol.state import TRANSITIONS",
        "same = row['seq'] == other['seq']",
        "x = width / 2 + 4",
    ],
)
def test_showing_is_fine(source: str) -> None:
    assert python_faults(source) == []


@pytest.mark.parametrize("name", EDITORS)
def test_the_exceptions_still_exist(name: str) -> None:
    assert (VIEW / name).is_file()


# ── 자바스크립트 ────────────────────────────────────────────────────────────

WORDS = re.compile(
    r"\b(seq|ack|isn|iss|irs|cwnd|ssthresh|srtt|rttvar|rto|mss|snd_\w+|rcv_\w+|snd[A-Z]\w*|rcv[A-Z]\w*"
    r"|SYN|FIN|RST|checksum[A-Z]\w*|congestion\w*)\b"
)
FIGURES = re.compile(r"\b(4294967295|4294967296|2147483648|65535|65536|1460|14600)\b|2\s*\*\*\s*\d+|>>>|0x[fF]{4,}")


def code_of(script: str) -> str:
    """주석과 글(문자열)을 뺀 자바스크립트. 템플릿 안의 `${…}`는 코드로 남는다."""
    script = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", " ", script, flags=re.DOTALL)
    script = re.sub(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", '""', script)
    return re.sub(r"`(?:\\.|[^`\\])*`", lambda hit: " ".join(re.findall(r"\$\{(.*?)\}", hit[0])), script)


def script_faults(script: str) -> list[str]:
    code = code_of(script)
    return [hit[0] for pattern in (WORDS, FIGURES) for hit in pattern.finditer(code)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_know_no_protocol(path: Path) -> None:
    assert script_faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_small_and_explained(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 260, "한 파일에 두 가지 일이 있는지 보세요"
    assert re.match(r"(//|/\*\*?) .*[가-힣]", lines[0]), "첫 줄에 무엇을 하는 파일인지 적어 주세요"
    comments = [line for line in lines if re.search(r"(^|\s)(//|/\*\*)", line)]
    assert len(comments) * 65 >= len(lines)


@pytest.mark.parametrize(
    "script",
    ["const end = seq + length;", "if (cwnd < limit) grow();", "x % 2 ** 32", "n & 0xffffffff", "n >>> 0",
     "const MSS = 1460;", "text = `${ack + 1}`", "sndNxt += 1"],
)  # fmt: skip
def test_protocol_in_a_script_is_seen(script: str) -> None:
    assert script_faults(script)


@pytest.mark.parametrize(
    "script", ['label("SYN,ACK seq=1")', "// cwnd를 그린다", "/* 65535 */ draw(x)", "`글 seq ${value}`"]
)
def test_words_to_show_are_fine(script: str) -> None:
    assert script_faults(script) == []
