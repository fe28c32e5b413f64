"""캡스톤의 뼈대가 들고 있는 변수들과, 호스트와 그림이 읽는 이름들 (RFC 9293 §3.3.1).

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

from tcpedu.protocol.config import Config, Negotiated
from tcpedu.protocol.congestion.base import Phase
from tcpedu.protocol.connection import Change
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.seqnum import MODULUS, wrap
from tcpedu.protocol.state import State

_MAX_WINDOW = 65535  # 윈도우 스케일을 쓰지 않는다


class Variables:
    """연결의 변수. 안에서는 절대 번호로 세고, 밖에는 RFC의 이름으로 순서 번호를 보인다. 크기는 바이트, 시각은 초다.

    >>> one = Variables(iss=100)
    >>> one.una, one.snd_una, one.rcv_nxt, one.rcv_wnd
    (0, 100, None, 65535)
    """

    def __init__(self, config: Config | None = None, *, iss: int) -> None:
        self.config = config or Config()
        self.iss = iss % MODULUS
        self.irs: Any = None  # 상대의 첫 번호. SYN을 받기 전에는 None
        self.state = State.CLOSED
        self.changes: list[Change] = []
        self.called = False
        self.only_data = False  # 참이면 호스트는 마지막 `receive` 뒤에 상태와 송신 변수를 살피지 않는다
        self.negotiated = Negotiated()
        self.remote_port = self.config.remote_port
        self.mss = 536  # 내가 보낼 세그먼트의 한도
        self.now = 0.0
        # 보내는 쪽
        self.una = self.nxt = self.top = 0  # 확인받지 못한 첫 번호, 다음에 보낼 번호, 지금까지 보낸 끝
        self.wnd = 0  # 상대가 알린 윈도우
        self.data = bytearray()  # 맡은 것 가운데 확인받지 못한 것. data[0]의 번호가 first다
        self.closing = False  # 프로그램이 close를 불렀다
        self.fin_at: Any = None  # 내 FIN의 번호. 보내기 전에는 None
        # 받는 쪽
        self.rcv = 0  # 다음에 받을 번호
        self.inbox = bytearray()  # 프로그램이 아직 읽지 않은 것
        self.peer_fin: int | None = None  # 상대 FIN의 번호. 아직 모르면 None
        self.ack_now = False  # 이번에 ACK를 꼭 보낸다
        # 타이머: 끝날 시각, 꺼져 있으면 None
        self.rtx_at: float | None = None
        self.persist_at: float | None = None
        self.wait_until: float | None = None
        self._out: list[Segment] = []

    @property
    def snd_una(self) -> int:
        """SND.UNA."""
        return wrap(self.una, self.iss)

    @property
    def snd_nxt(self) -> int:
        """SND.NXT."""
        return wrap(self.nxt, self.iss)

    @property
    def snd_wnd(self) -> int:
        """SND.WND."""
        return self.wnd

    @property
    def rcv_nxt(self) -> int | None:
        """RCV.NXT."""
        return None if self.irs is None else wrap(self.rcv, self.irs)

    @property
    def rcv_wnd(self) -> int:
        """RCV.WND: 수신 버퍼에서 읽지 않은 것을 뺀 자리."""
        return max(0, min(self.config.receive_buffer - len(self.inbox), _MAX_WINDOW))

    @property
    def in_flight(self) -> int:
        """나가 있는 바이트 수."""
        return self.top - self.una

    @property
    def readable(self) -> int:
        """지금 읽을 수 있는 바이트 수."""
        return len(self.inbox)

    @property
    def eof(self) -> bool:
        """상대의 FIN까지 모두 받았고 다 읽었는가."""
        return self.peer_fin is not None and self.rcv > self.peer_fin and not self.inbox

    @property
    def srtt(self) -> float | None:
        """평활 왕복 시간."""
        value: float | None = self._piece("estimator", "srtt", None)
        return value

    @property
    def rttvar(self) -> float | None:
        """왕복 시간의 편차."""
        value: float | None = self._piece("estimator", "rttvar", None)
        return value

    @property
    def rto(self) -> float:
        """재전송 타임아웃."""
        return float(self._piece("estimator", "rto", 1.0))

    @property
    def cwnd(self) -> int:
        """혼잡 윈도우."""
        return int(self._piece("reno", "cwnd", 0))

    @property
    def ssthresh(self) -> float:
        """슬로 스타트 임계값."""
        return float(self._piece("reno", "ssthresh", math.inf))

    @property
    def phase(self) -> StrEnum:
        """혼잡 제어의 단계."""
        return Phase(self._piece("reno", "phase", "slow_start"))

    @property
    def sending_limits(self) -> tuple[int, float, float]:
        """`(cwnd, ssthresh, rto)`."""
        return self.cwnd, self.ssthresh, self.rto

    def reopens(self, segment: Segment) -> bool:
        """TIME_WAIT에서 새 SYN으로 다시 열지 않는다."""
        return False

    def _piece(self, piece: str, name: str, missing: Any) -> Any:
        """1단계가 달아 둔 조각(RTO 셈틀, 혼잡 제어)의 값."""
        return getattr(getattr(self, piece, None), name, missing)
