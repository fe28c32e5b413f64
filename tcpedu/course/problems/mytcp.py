"""캡스톤의 본보기 `MyTcp`: 여섯 단계가 앞 단계를 물려받는다 (RFC 9293 §3.10).

표시를 뺀 solutions/16의 답 셀과 한 글자도 다르지 않다(시험이 견준다). 문제의 흔한 오답은 이 글의 한 곳을 바꾼 것이다.
"""

from __future__ import annotations

from tcpedu.course.capstone import library_pieces as pieces
from tcpedu.course.capstone.skeleton import Endpoint
from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import MSS, Flags, Segment
from tcpedu.protocol.state import Event, State

SYN, ACK, FIN, RST, PSH = Flags.SYN, Flags.ACK, Flags.FIN, Flags.RST, Flags.PSH


class Opening(Endpoint):
    """1단계: 핸드셰이크."""

    def __init__(self, config: Config | None = None, *, iss: int) -> None:
        super().__init__(config, iss=iss)
        self.estimator = pieces.RtoEstimator(minimum=self.config.min_rto, maximum=self.config.max_rto)
        self.store = pieces.Reassembler(self.config.receive_buffer)
        self.reno = pieces.Reno(self.mss)

    def move(self, event: Event) -> None:
        """사건 하나만큼 상태를 옮긴다. 표는 06의 것이다."""
        after, _ = pieces.next_state(self.state.name, event.name)
        self.moved(event, State[after])

    def remember(self, syn: Segment) -> None:
        """상대의 SYN에서 번호, 포트, 윈도우, MSS를 적는다."""
        self.irs, self.rcv, self.wnd = syn.seq, 1, syn.window
        self.remote_port = syn.src_port
        self.mss = pieces.negotiate({"mss": self.config.mss}, self.offered_mss(syn))["client_mss"]
        self.reno = pieces.Reno(self.mss)

    def send_syn(self) -> None:
        """SYN(능동) 또는 SYN,ACK(수동)."""
        flags = SYN if self.state is State.SYN_SENT else SYN | ACK
        self.emit(0, flags, options=(MSS(self.config.mss),))

    def arrive(self, segment: Segment) -> None:
        """상태에 따라 나눈다."""
        if self.state is State.LISTEN:
            self.arrive_listen(segment)
        elif self.state is State.SYN_SENT:
            self.arrive_syn_sent(segment)
        else:
            self.arrive_synchronized(segment)

    def arrive_listen(self, segment: Segment) -> None:
        """LISTEN (RFC 9293 §3.10.7.2)."""
        if RST in segment.flags:
            return
        if ACK in segment.flags:
            self.refuse(segment)
        elif SYN in segment.flags:
            self.remember(segment)
            self.move(Event.RCV_SYN)

    def arrive_syn_sent(self, segment: Segment) -> None:
        """SYN_SENT (RFC 9293 §3.10.7.3)."""
        ack = pieces.unwrap(segment.ack, self.iss, self.una)
        if ACK not in segment.flags:
            return
        if ack != 1:
            self.refuse(segment)
        elif RST in segment.flags:
            self.reset()
        elif SYN in segment.flags:
            self.remember(segment)
            self.una = 1
            self.on_new_ack(0)
            self.move(Event.RCV_SYN_ACK)
            self.ack_now = True

    def arrive_synchronized(self, segment: Segment) -> None:
        """SYN_RCVD에서 마지막 ACK를 기다린다. 2단계에서 새로 쓴다."""
        if self.state is State.SYN_RCVD and segment.flags == ACK:
            self.finish_opening(segment)

    def finish_opening(self, segment: Segment) -> None:
        """SYN_RCVD의 ACK: 내 SYN을 확인하는 것이면 연결이 열린다."""
        if pieces.unwrap(segment.ack, self.iss, self.una) != 1:
            self.refuse(segment)
            return
        self.una, self.wnd = 1, segment.window
        self.on_new_ack(0)
        self.move(Event.RCV_ACK)


class Transfer(Opening):
    """2단계: 데이터를 주고받는다."""

    def acceptable(self, segment: Segment) -> bool:
        """받을 차례인가. 4단계에서 윈도우 전체로 넓힌다."""
        return pieces.unwrap(segment.seq, self.irs, self.rcv) == self.rcv

    def arrive_synchronized(self, segment: Segment) -> None:
        """확인하는 차례 (RFC 9293 §3.10.7.4)."""
        if not self.acceptable(segment):
            self.ack_now = RST not in segment.flags
            return
        if RST in segment.flags:
            if segment.seq == self.rcv_nxt:
                self.reset()
            else:
                self.ack_now = True
            return
        if SYN in segment.flags:
            self.ack_now = True
            return
        if ACK not in segment.flags:
            return
        if self.state is State.SYN_RCVD:
            self.finish_opening(segment)
            if self.state is State.SYN_RCVD:
                return
        self.take_ack(segment)
        self.take_data(segment)
        self.take_fin(segment)
        if segment.length:
            self.ack_now = True

    def take_ack(self, segment: Segment) -> None:
        """확인응답 번호와 윈도우."""
        ack = pieces.unwrap(segment.ack, self.iss, self.una)
        if ack > self.top:
            self.ack_now = True
        elif ack > self.una:
            acked = self.data[: ack - self.first()]
            del self.data[: len(acked)]
            self.una, self.nxt, self.wnd = ack, max(ack, self.nxt), segment.window
            self.on_new_ack(len(acked))
        elif ack == self.una:
            same = segment.window == self.wnd and segment.length == 0
            self.wnd = segment.window
            if same and self.top > self.una:
                self.on_dup_ack()

    def take_data(self, segment: Segment) -> None:
        """차례가 맞은 데이터를 받는다. 4단계에서 새로 쓴다."""
        payload = segment.payload[: self.rcv_wnd]
        self.inbox += payload
        self.rcv += len(payload)

    def send_data(self) -> None:
        """윈도우 둘(상대의 것과 cwnd)이 허락하는 만큼 보낸다."""
        window = min(self.wnd, self.reno.cwnd)
        while (left := len(self.data) - (self.nxt - self.first())) > 0:
            size = min(self.mss, left, pieces.usable_window(self.una, self.nxt, window))
            if size == 0 or (size < self.mss and size < left and self.nxt > self.una):
                break
            start = self.nxt - self.first()
            self.emit(self.nxt, ACK | PSH, bytes(self.data[start : start + size]))

    def on_sent(self, start: int, end: int) -> None:
        """새로 보낸 데이터를 혼잡 제어에 알린다."""
        if end > self.top and start > 0:
            self.reno.on_send(end - max(start, self.top))

    def on_new_ack(self, acked: int) -> None:
        """새로 확인된 데이터를 혼잡 제어에 알린다."""
        if acked:
            self.reno.on_ack(acked)


class Recovery(Transfer):
    """3단계: 잃은 것을 다시 보낸다."""

    def __init__(self, config: Config | None = None, *, iss: int) -> None:
        super().__init__(config, iss=iss)
        self.timed: tuple[int, float] | None = None  # 재는 중인 (끝 번호, 보낸 시각)
        self.recover = 0  # 회복을 시작할 때까지 보낸 끝
        self.tries = 0  # 잇달아 끝난 타이머의 수

    def on_sent(self, start: int, end: int) -> None:
        """타이머를 걸고, 처음 보내는 것이면 시각을 적는다."""
        super().on_sent(start, end)
        if self.rtx_at is None:
            self.rtx_at = self.now + self.estimator.rto
        if self.timed is None and start >= self.top:
            self.timed = (end, self.now)

    def on_new_ack(self, acked: int) -> None:
        """RTT를 재고, 타이머를 다시 걸거나 끄고, 부분 ACK면 다음 빈틈을 보낸다."""
        super().on_new_ack(acked)
        self.tries = 0
        if self.timed is not None and self.una >= self.timed[0]:
            self.estimator.sample(self.now - self.timed[1])
            self.timed = None
        self.rtx_at = None if self.una == self.top else self.now + self.estimator.rto
        if self.una < self.recover:
            self.resend()

    def on_dup_ack(self) -> None:
        """셋째 중복 ACK면 빠른 재전송."""
        recovering = self.reno.phase == "fast_recovery"
        if self.una < self.recover and not recovering:
            return
        self.reno.on_dup_ack()
        if self.reno.phase == "fast_recovery" and not recovering:
            self.recover = self.top
            self.resend()

    def resend(self) -> None:
        """SND.UNA에서 시작하는 세그먼트 하나를 다시 보낸다."""
        self.timed = None
        if self.data:
            self.emit(self.una, ACK | PSH, bytes(self.data[: self.mss]))

    def on_timeout(self) -> None:
        """재전송 타이머가 끝났다: 물러나고, SND.UNA부터 다시 보낸다."""
        self.tries += 1
        if self.tries > self.config.retries:
            self.move(Event.USER_TIMEOUT)
            return
        self.estimator.on_timeout()
        self.reno.on_timeout()
        self.timed = None
        self.recover = 0
        self.nxt = self.una


class Reordering(Recovery):
    """4단계: 뒤섞여 온 것을 제자리에 놓는다."""

    def acceptable(self, segment: Segment) -> bool:
        """수신 윈도우와 맞닿거나 겹치는가."""
        start = pieces.unwrap(segment.seq, self.irs, self.rcv)
        return self.rcv <= start + segment.length and start <= self.rcv + self.rcv_wnd

    def take_data(self, segment: Segment) -> None:
        """윈도우 안의 데이터를 재조립에 넣고, 순서가 맞은 것을 프로그램에 준다."""
        if not segment.payload:
            return
        start = pieces.unwrap(segment.seq, self.irs, self.rcv)
        room = max(0, self.rcv + self.rcv_wnd - start)
        ready = self.store.insert(start - 1, segment.payload[:room])
        self.inbox += ready
        self.rcv += len(ready)


class Probing(Reordering):
    """5단계: 닫힌 윈도우."""

    def __init__(self, config: Config | None = None, *, iss: int) -> None:
        super().__init__(config, iss=iss)
        self.persist_wait = 0.0  # 다음 탐침까지의 간격

    def watch_window(self) -> None:
        """보낼 것이 있는데 윈도우가 닫혔고 돌고 있는 타이머가 없으면 지속 타이머를 건다."""
        waiting = self.first() + len(self.data) > self.nxt
        if not waiting or self.wnd > 0:
            self.persist_at, self.persist_wait = None, 0.0
        elif self.persist_at is None and self.rtx_at is None:
            self.persist_wait = min(2 * self.persist_wait or self.estimator.rto, 60.0)
            self.persist_at = self.now + self.persist_wait

    def on_persist(self) -> None:
        """제로 윈도우 탐침. 리눅스처럼 이미 확인된 번호의 빈 세그먼트를 보내 ACK를 얻어 낸다."""
        self.emit(self.una - 1)

    def on_read(self, before: int) -> None:
        """프로그램이 읽었다: 윈도우가 쓸 만큼 열렸으면 알린다."""
        enough = min(self.mss, self.config.receive_buffer // 2)
        if before < enough <= self.rcv_wnd:
            self.ack_now = self.called = True


class MyTcp(Probing):
    """6단계: 닫는다. 내가 짠 TCP의 완성이다."""

    def send_fin(self) -> None:
        """맡은 것을 다 보냈고 프로그램이 닫았으면 FIN."""
        sent_all = self.nxt == self.first() + len(self.data)
        if self.closing and self.fin_at is None and sent_all:
            self.fin_at = self.nxt
            self.move(Event.CLOSE)
        if self.fin_at == self.nxt:
            self.emit(self.nxt, FIN | ACK)

    def take_ack(self, segment: Segment) -> None:
        """내 FIN까지 확인되었으면 상태를 옮긴다."""
        super().take_ack(segment)
        waiting = self.state in (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)
        if waiting and self.una > self.fin_at:
            self.move(Event.RCV_ACK)

    def take_fin(self, segment: Segment) -> None:
        """상대의 FIN: 그 앞을 다 받았을 때만 센다."""
        if FIN in segment.flags:
            self.peer_fin = pieces.unwrap(segment.seq, self.irs, self.rcv) + len(segment.payload)
            if self.state is State.TIME_WAIT:
                self.move(Event.RCV_FIN)
        if self.peer_fin == self.rcv and self.state is not State.CLOSED:
            self.rcv += 1
            self.ack_now = True
            self.move(Event.RCV_FIN)
