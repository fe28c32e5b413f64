"""이야기 하나의 조건."""

from __future__ import annotations

from dataclasses import dataclass

MINE, THEIRS = "나", "라이브러리"


@dataclass(frozen=True)
class Talk:
    """이야기 하나의 조건. 크기는 바이트, 시간은 초다."""

    active: bool = True  # 내가 연결을 여는가
    upload: int = 0  # 내가 보낼 것
    download: int = 0  # 상대가 보낼 것
    seed: int = 0
    iss: int = 100
    mss: int = 1000
    delay: float = 0.05
    loss: float = 0.0
    drops: tuple[int, ...] = ()  # 데이터 세그먼트(두 쪽을 함께 센다) 가운데 잃을 것
    jitter: float = 0.0
    duplicate: float = 0.0
    peer_buffer: int = 60_000
    my_buffer: int = 60_000
    peer_reads_at: float | None = None  # 상대의 프로그램이 이때부터 읽는다
    i_read_at: float | None = None
    lose_updates: int = 0  # 상대의 윈도우 갱신을 이만큼 잃는다
    close: str = ""  # 먼저 닫는 쪽: "나", "라이브러리", "함께"
    until: float = 1200.0
    segments: int = 3000  # 이만큼을 넘으면 무엇인가 맴도는 것이다

    @property
    def told(self) -> str:
        """조건을 한 줄로."""
        words = [
            f"{'내가' if self.active else '상대가'} 연다",
            f"iss={self.iss}, MSS {self.mss}, 왕복 {2 * self.delay:g}초",
        ]
        amounts = {"손실": self.loss, "중복": self.duplicate}
        words += [f"{name} {rate:.0%}" for name, rate in amounts.items() if rate]
        words += [f"데이터 세그먼트 {', '.join(map(str, self.drops))}번째를 잃는다"] if self.drops else []
        words += [f"지연이 {self.jitter:g}초까지 흔들린다"] if self.jitter else []
        words += [f"상대의 수신 버퍼 {self.peer_buffer}"] if self.peer_buffer < 60_000 else []
        words += [f"내 수신 버퍼 {self.my_buffer}"] if self.my_buffer < 60_000 else []
        words += [f"상대는 {self.peer_reads_at:g}초에 읽는다"] if self.peer_reads_at is not None else []
        words += [f"나는 {self.i_read_at:g}초에 읽는다"] if self.i_read_at is not None else []
        words += [f"윈도우 갱신을 {self.lose_updates}번 잃는다"] if self.lose_updates else []
        return ", ".join(words)
