"""강의의 차례와, 어떤 노트북이 어디에 있는지."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lesson:
    """강의 하나."""

    number: str
    slug: str
    title: str
    minutes: int
    rfcs: str
    ready: bool = False
    exercises: bool = True

    def path(self, root: Path, kind: str) -> Path:
        """노트북의 자리. `kind`는 lessons, exercises, solutions 가운데 하나다."""
        return root / kind / f"{self.slug}.ipynb"


LESSONS: tuple[Lesson, ...] = (
    Lesson("00", "00_start", "시작하기", 15, "RFC 9293 §3.5, RFC 6298 §2", ready=True),
    Lesson("01", "01_what_is_tcp", "TCP란 무엇인가", 50, "RFC 9293 §2, RFC 768", ready=True),
    Lesson("02", "02_segment_header", "세그먼트와 헤더", 55, "RFC 9293 §3.1, RFC 1071, RFC 7323", ready=True),
    Lesson("03", "03_sequence_numbers", "순서 번호와 바이트 스트림", 55, "RFC 9293 §3.4, RFC 7323 §5", ready=True),
    Lesson("04", "04_connection_establishment", "연결 수립", 60, "RFC 9293 §3.5, RFC 6528", ready=True),
    Lesson("05", "05_connection_termination", "연결 종료", 55, "RFC 9293 §3.6, RFC 1337", ready=True),
    Lesson("06", "06_state_diagram", "상태 다이어그램", 55, "RFC 9293 §3.3.2, §3.10", ready=True),
    Lesson("07", "07_retransmission", "재전송과 RTO", 55, "RFC 6298, RFC 7323", ready=True),
    Lesson("08", "08_flow_control", "흐름 제어", 60, "RFC 9293 §3.8.6, RFC 7323, RFC 896", ready=True),
    Lesson("09", "09_congestion_control", "혼잡 제어 (1)", 60, "RFC 5681, RFC 6582, RFC 6928", ready=True),
    Lesson("10", "10_loss_recovery", "손실 복구", 60, "RFC 2018, RFC 6675, RFC 8985", ready=True),
    Lesson("11", "11_modern_congestion_control", "혼잡 제어 (2)", 60, "RFC 9438, RFC 8289, RFC 3168", ready=True),
    Lesson("12", "12_socket_programming", "소켓 프로그래밍", 60, "RFC 9293 §3.9.1", ready=True),
    Lesson("13", "13_performance_tuning", "성능 최적화", 55, "RFC 7323, RFC 9293 §3.8.4", ready=True),
    Lesson("14", "14_troubleshooting", "문제 해결", 60, "RFC 9293 §3.5.2, §3.6, §3.8, RFC 2923", ready=True),
    Lesson("15", "15_security", "보안", 55, "RFC 4987, RFC 5961, RFC 6528", ready=True),
    Lesson("16", "16_capstone", "캡스톤: 진짜 커널과 대화하기", 60, "RFC 9293 §3.10, RFC 5681, RFC 6298", ready=True),
    Lesson("17", "17_next_steps", "정리와 다음", 40, "RFC 8684, RFC 9000, RFC 9114", ready=True, exercises=False),
)


def lesson(number: str) -> Lesson:
    """번호("02")나 이름("02_segment_header")으로 강의를 찾는다."""
    for item in LESSONS:
        if item.number == number[:2]:
            return item
    raise KeyError(f"'{number}'번 강의는 없습니다. 00부터 {LESSONS[-1].number}까지 있습니다")


def notebooks(root: Path, kind: str) -> list[Path]:
    """있어야 하는 노트북: 준비된 강의의 것. 노트북 목록은 모두 여기서 나온다."""
    return [item.path(root, kind) for item in LESSONS if item.ready and (kind == "lessons" or item.exercises)]


def strays(root: Path, kind: str) -> list[Path]:
    """있지 않아야 하는데 있는 노트북."""
    known = set(notebooks(root, kind))
    return [path for path in sorted((root / kind).glob("*.ipynb")) if path not in known]


def course_root(start: Path | None = None) -> Path | None:
    """강의 폴더: `start`(없으면 지금 폴더)에서 위로 가며 lessons/와 exercises/가 함께 있는 곳."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "lessons").is_dir() and (folder / "exercises").is_dir():
            return folder
    return None
