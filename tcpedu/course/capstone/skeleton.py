"""캡스톤의 뼈대: `Connection`과 같은 약속을 지키는 끝(endpoint). 판단은 비어 있고 배선만 있다 (RFC 9293 §3.10).

호스트와 진짜 커널 앞의 운전자는 `Connection`과 이것을 구별하지 못한다. 판단하는 메서드는 연습문제 16의 여섯 단계가
하나씩 채운다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from tcpedu.course.capstone.variables import Variables
from tcpedu.protocol.connection import Change, ConnectionClosedError
from tcpedu.protocol.handshake import reset_for
from tcpedu.protocol.segment import MSS, Flags, Option, Segment
from tcpedu.protocol.seqnum import wrap
from tcpedu.protocol.state import Event, State, transition

_WRITABLE = (State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED, State.CLOSE_WAIT)
_OPENING = (State.SYN_SENT, State.SYN_RCVD)
_SILENT = (State.CLOSED, State.LISTEN)


class Endpoint(Variables):
    """TCP 연결의 한쪽 끝, 판단이 빠진 것. 호출의 이름과 뜻은 `Connection`과 같다.

    안에서는 순서 번호를 절대 번호로 센다(03): SYN이 0, 첫 데이터가 1. 크기는 바이트, 시각은 초다.

    >>> silent = Endpoint(iss=100)
    >>> silent.open()
    >>> silent.state.name, silent.poll(now=0.0), silent.next_timer()
    ('SYN_SENT', [], None)
    """

    # 단계가 채우는 메서드 -------------------------------------------------

    def arrive(self, segment: Segment) -> None:
        """세그먼트 하나가 왔다. (1단계)"""

    def arrive_synchronized(self, segment: Segment) -> None:
        """SYN을 주고받은 뒤에 온 세그먼트. (2단계)"""

    def send_syn(self) -> None:
        """SYN이나 SYN,ACK를 보낸다. (1단계)"""

    def send_data(self) -> None:
        """지금 보내도 되는 데이터를 모두 보낸다. (2단계)"""

    def on_sent(self, start: int, end: int) -> None:
        """번호를 쓰는 세그먼트를 보냈다. (3단계)"""

    def on_new_ack(self, acked: int) -> None:
        """새 번호가 확인되었다. `acked`는 그 가운데 데이터의 바이트 수. (3단계)"""

    def on_dup_ack(self) -> None:
        """중복 ACK가 왔다. (3단계)"""

    def on_timeout(self) -> None:
        """재전송 타이머가 끝났다. (3단계)"""

    def watch_window(self) -> None:
        """닫힌 윈도우 앞에서 기다리는지 살핀다. (5단계)"""

    def on_persist(self) -> None:
        """지속 타이머가 끝났다. (5단계)"""

    def on_read(self, before: int) -> None:
        """프로그램이 읽어 윈도우가 `before`에서 늘었다. (5단계)"""

    def send_fin(self) -> None:
        """보낼 때가 되었으면 FIN을 보낸다. (6단계)"""

    def take_fin(self, segment: Segment) -> None:
        """상대의 FIN을 처리한다. (6단계)"""

    def on_fin_acked(self) -> None:
        """내 FIN이 확인되었다. (6단계)"""

    # 사용자 호출 (RFC 9293 §3.10.1–3.10.5) --------------------------------

    def open(self, active: bool = True) -> None:
        """OPEN 호출. SYN은 다음 `poll`에서 나간다."""
        self.called = True
        self.move(Event.OPEN_ACTIVE if active else Event.OPEN_PASSIVE)

    def listen(self) -> None:
        """수동 개방."""
        self.open(active=False)

    def write(self, data: bytes | memoryview) -> int:
        """SEND 호출. 송신 버퍼에 들어간 바이트 수를 돌려준다."""
        if self.state not in _WRITABLE or self.closing:
            raise ConnectionClosedError(f"{self.state.name} 상태에서는 데이터를 보낼 수 없습니다")
        self.called = True
        taken = bytes(data[: max(0, self.config.send_buffer - len(self.data))])
        self.data += taken
        return len(taken)

    def read(self, n: int | None = None) -> bytes:
        """RECEIVE 호출. 순서가 맞은 바이트를 최대 `n`개."""
        before = self.rcv_wnd
        data = bytes(self.inbox if n is None else self.inbox[:n])
        del self.inbox[: len(data)]
        if data and self.state not in _SILENT:
            self.on_read(before)
        return data

    def close(self) -> None:
        """CLOSE 호출: 더 보낼 것이 없다."""
        self.called = self.closing = True
        if self.state in (State.LISTEN, State.SYN_SENT):
            self.move(Event.CLOSE)

    def abort(self) -> None:
        """ABORT 호출: 필요하면 RST를 보내고 곧바로 CLOSED (RFC 9293 §3.10.5)."""
        self.called = True
        action, _ = transition(self.state, Event.ABORT)
        if action.segment:
            self.emit(self.nxt, Flags.RST | Flags.ACK)
        self.move(Event.ABORT)

    # 세그먼트와 시간 ------------------------------------------------------

    def receive(self, segment: Segment, now: float, *, ce: bool = False) -> list[Segment]:
        """세그먼트 하나를 처리하고 나갈 것을 돌려준다."""
        self.now = now
        if self.state is State.CLOSED:
            reply = reset_for(segment)
            return [reply] if reply else []
        self.arrive(segment)
        return self._flush()

    def poll(self, now: float) -> list[Segment]:
        """끝난 타이머를 처리하고 나갈 것을 돌려준다."""
        self.now, self.called = now, False
        if self.rtx_at is not None and self.rtx_at <= now:
            self.rtx_at = None
            self.on_timeout()
        if self.persist_at is not None and self.persist_at <= now:
            self.persist_at = None
            self.on_persist()
        if self.wait_until is not None and self.wait_until <= now:
            self.move(Event.TIMEOUT_2MSL)
        return self._flush()

    def next_timer(self) -> float | None:
        """가장 먼저 끝나는 타이머의 시각. 없으면 `None`."""
        return min((at for at in (self.rtx_at, self.persist_at, self.wait_until) if at is not None), default=None)

    def _flush(self) -> list[Segment]:
        if self.state in _OPENING and self.nxt == 0:
            self.send_syn()
        if self.una > 0 and self.state not in _SILENT:
            self.send_data()
            self.send_fin()
            self.watch_window()
        if self.ack_now and self.state not in _SILENT:
            self.emit(max(self.nxt, self.top))
        self.ack_now = False
        out, self._out = self._out, []
        return out

    # 단계가 쓰는 도구 -----------------------------------------------------

    def move(self, event: Event) -> None:
        """사건 하나만큼 상태를 옮긴다 (RFC 9293 §3.3.2)."""
        _, after = transition(self.state, event)
        self.moved(event, after)

    def moved(self, event: Event, after: State) -> None:
        """바뀐 상태를 적는다. TIME_WAIT이면 2 MSL을 재고, CLOSED가 되면 타이머를 모두 끈다."""
        if after is not self.state:
            self.changes.append(Change(event, self.state, after))
        self.state = after
        if after is State.TIME_WAIT:
            self.wait_until = self.now + 2 * self.config.msl
        elif after is State.CLOSED:
            self.rtx_at = self.persist_at = self.wait_until = None

    def emit(
        self, number: int, flags: Flags = Flags.ACK, payload: bytes = b"", options: tuple[Option, ...] = ()
    ) -> None:
        """절대 번호 `number`에서 시작하는 세그먼트 하나를 내보낸다. `ack`와 윈도우는 지금의 값이다."""
        ack = 0
        if Flags.ACK in flags and self.irs is not None:
            ack, self.ack_now = wrap(self.rcv, self.irs), False
        port = self.remote_port or 0
        segment = Segment(
            self.config.local_port, port, wrap(number, self.iss), ack, flags, self.rcv_wnd,
            options=options, payload=bytes(payload),
        )  # fmt: skip
        self._out.append(segment)
        if segment.length:
            end = number + segment.length
            self.nxt = max(self.nxt, end)
            self.on_sent(number, end)
            self.top = max(self.top, end)

    def first(self) -> int:
        """`data[0]`의 번호: SYN이 확인된 뒤에는 SND.UNA와 같다."""
        return max(self.una, 1)

    @staticmethod
    def offered_mss(segment: Segment) -> dict[str, int]:
        """SYN에 실린 MSS 옵션. `negotiate`에 넘길 모양이다."""
        option = segment.option(MSS)
        return {"mss": option.value} if isinstance(option, MSS) else {}

    def reset(self) -> None:
        """RST를 받았다: 아무것도 보내지 않고 끝낸다."""
        self.move(Event.RCV_RST_ACTIVE if self.state is State.SYN_RCVD else Event.RCV_RST)

    def refuse(self, segment: Segment) -> None:
        """받을 수 없는 세그먼트에 RST로 답한다 (RFC 9293 §3.10.7)."""
        reply = reset_for(segment)
        if reply is not None:
            self._out.append(reply)
