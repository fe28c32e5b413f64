"""커널의 값을 읽어 설명한다: 무엇이고, 기본값이 얼마고, 이 컴퓨터는 다른가. 읽기만 한다. 아무것도 바꾸지 않는다.

강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tcpedu.lab.sysctl_notes import NOTES, RECORDED, TOPICS, Note

Value = int | list[int] | str
PROC = Path("/proc/sys")


def parse_sysctl(text: str) -> dict[str, Value]:
    """`sysctl`이 적은 글이나 설정 파일을 읽는다 (sysctl.conf(5)).

    줄마다 `이름 = 값`이다. 빈 줄, `#`이나 `;`로 시작하는 줄, `=`이 없는 줄은 건너뛴다. 값이 정수 하나면 int, 정수
    여럿이면 int의 리스트, 그 밖에는 앞뒤의 빈칸을 뗀 글이다. 같은 이름이 또 나오면 뒤의 것이 이긴다.

    >>> parse_sysctl("net.ipv4.tcp_rmem = 4096\\t131072\\t33554432\\nnet.ipv4.tcp_sack=1")
    {'net.ipv4.tcp_rmem': [4096, 131072, 33554432], 'net.ipv4.tcp_sack': 1}
    """
    found: dict[str, Value] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith(("#", ";")):
            found[name.strip()] = _value(value.strip())
    return found


def _value(text: str) -> Value:
    try:
        numbers = [int(word) for word in text.split()]
    except ValueError:
        return text
    if not numbers:
        return text
    return numbers[0] if len(numbers) == 1 else numbers


def sysctl_line(name: str, value: Value) -> str:
    """자기 서버의 터미널에서 입력할 한 줄. 이 함수는 글을 만들 뿐이고, 실행하지 않는다.

    >>> sysctl_line("net.ipv4.tcp_rmem", [4096, 131072, 33554432])
    'sudo sysctl -w net.ipv4.tcp_rmem="4096 131072 33554432"'
    >>> sysctl_line("net.ipv4.tcp_sack", 1)
    'sudo sysctl -w net.ipv4.tcp_sack=1'
    """
    words = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f'sudo sysctl -w {name}="{words}"' if " " in words else f"sudo sysctl -w {name}={words}"


def kernel_defaults() -> dict[str, Value]:
    """커널 6.18의 기본값: 이름 → 값. 컴퓨터마다 다른 것은 뺀다.

    >>> kernel_defaults()["net.ipv4.tcp_wmem"]
    [4096, 16384, 4194304]
    """
    return {note.name: _value(note.default) for note in NOTES if note.default}


def read_values(names: Iterable[str], root: Path = PROC) -> dict[str, Value]:
    """`/proc/sys`에서 읽는다. 이 커널에 없는 이름은 뺀다."""
    found: dict[str, Value] = {}
    for name in names:
        path = root.joinpath(*name.split("."))
        if path.is_file():
            found[name] = _value(path.read_text(encoding="ascii", errors="replace").strip())
    return found


@dataclass(frozen=True)
class Row:
    """커널 값 하나: 설명과 지금의 값. 이 커널에 없으면 `value`가 None이다."""

    note: Note
    value: Value | None

    @property
    def default(self) -> Value | None:
        """커널 6.18의 기본값. 컴퓨터마다 다른 값이면 None."""
        return _value(self.note.default) if self.note.default else None

    @property
    def differs(self) -> bool:
        """6.18의 기본값과 다른가."""
        return None not in (self.value, self.default) and self.value != self.default


@dataclass(frozen=True)
class SystemValues:
    """`system_values()`가 돌려주는 표. `source`는 어디서 읽었는지, `live`는 이 컴퓨터의 값인지다."""

    source: str
    live: bool
    rows: tuple[Row, ...]

    def __getitem__(self, name: str) -> Value | None:
        """이름으로 지금의 값을 찾는다. `net.ipv4.`은 빼도 된다."""
        for row in self.rows:
            if row.note.name in (name, f"net.ipv4.{name}"):
                return row.value
        raise KeyError(f"표에 없는 이름입니다: {name}")

    @property
    def lines(self) -> str:
        """기본값으로 되돌리는 줄들. 자기 서버에서 입력할 글이고, 실행되지 않는다."""
        return "\n".join(sysctl_line(row.note.name, row.default) for row in self.rows if row.default is not None)

    def __repr__(self) -> str:
        lines = [self.source]
        for row in self.rows:
            default = f"(6.18의 기본값 {_shown(row.default)})"
            lines.append(f"{row.note.name} = {_shown(row.value)}  {default} {_verdict(row)}")
            history = f" {row.note.history}." if row.note.history else ""
            lines.append(f"    {row.note.meaning}. 단위: {row.note.unit}.{history}")
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        lines = [self.source, "", "| 이름 | 뜻 | 6.18의 기본값 | 지금 |", "|---|---|---|---|"]
        for row in self.rows:
            note, history = row.note, f" {row.note.history}." if row.note.history else ""
            meaning = f"{note.meaning}. 단위: {note.unit}.{history}"
            now = f"{_shown(row.value)} ({_verdict(row)})"
            lines.append(f"| `{note.name}` | {meaning} | {_shown(row.default)} | {now} |")
        return "\n".join(lines)


def system_values(topic: str | None = None, system: str = sys.platform, root: Path = PROC) -> SystemValues:
    """강의에 나오는 커널 값을 읽는다. `topic`은 buffers, keepalive, sending, opening, closing 가운데
    하나, 없으면 모두다. 아무것도 바꾸지 않는다.

    리눅스가 아니면 Linux 6.18에서 기록해 둔 값을 보이고 그렇다고 말한다.

    >>> system_values("keepalive", system="darwin")["tcp_keepalive_time"]
    7200
    """
    if topic is not None and topic not in TOPICS:
        raise ValueError(f"모르는 갈래입니다: {topic}. {', '.join(TOPICS)} 가운데 하나를 고르세요")
    notes = [note for note in NOTES if topic in (None, note.topic)]
    live = system.startswith("linux") and root.is_dir()
    values = read_values((note.name for note in notes), root) if live else parse_sysctl(RECORDED)
    source = (
        f"이 컴퓨터의 커널({_version(platform.release())})에서 읽은 값이다."
        if live else "리눅스의 커널 값은 이 운영체제에 없습니다. 아래는 Linux 6.18에서 기록한 값입니다."
    )  # fmt: skip
    return SystemValues(source, live, tuple(Row(note, values.get(note.name)) for note in notes))


def _version(release: str) -> str:
    """배포판이 붙인 이름을 뺀 앞의 두 수."""
    return ".".join(release.split(".")[:2])


def _shown(value: Value | None) -> str:
    if value is None:
        return "—"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _verdict(row: Row) -> str:
    if row.value is None:
        return "이 커널에 없음"
    if row.default is None:
        return "컴퓨터마다 다름"
    return "다름" if row.differs else "같음"
