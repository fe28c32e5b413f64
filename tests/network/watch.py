"""연결의 모든 사건 뒤에 RFC의 변수들을 살피는 시험의 도구."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from unittest.mock import patch

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.rack_recovery import RackRecovery
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_add, seq_diff, seq_le, seq_lt


class Watcher:
    """연결 하나를 지켜본다: `before`와 `after` 사이에 사건 하나가 있다."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.una = connection.snd_una
        self.rcv_nxt = connection.rcv_nxt
        self.peer_edge: int | None = None  # 상대가 알린 가장 먼 오른쪽 끝
        self.edge: int | None = None  # 내가 알린 오른쪽 끝
        self.fin_at: int | None = None  # 내 FIN의 번호

    def on_arrival(self, segment: Segment) -> None:
        """상대가 알린 윈도우를 적는다. SYN의 윈도우에는 스케일이 없다 (RFC 7323 §2.2)."""
        syn = segment.has(Flags.SYN)
        if segment.has(Flags.ACK) or syn:
            shift = 0 if syn else self.connection.negotiated.snd_wscale
            # 동시 개방의 SYN에는 확인응답이 없다: 내 SYN을 받으면 그만큼 받겠다는 뜻이다.
            first = segment.ack if segment.has(Flags.ACK) else seq_add(self.connection.iss, 1)
            edge = seq_add(first, segment.window << shift)
            if self.peer_edge is None or seq_lt(self.peer_edge, edge):
                self.peer_edge = edge

    def check(self, sent: list[Segment]) -> None:
        self._check_variables()
        for segment in sent:
            if not segment.has(Flags.RST):
                self._check_sent(segment)

    def _check_variables(self) -> None:
        connection = self.connection
        sender = connection._tcb.sender
        assert seq_le(self.una, connection.snd_una), "SND.UNA가 뒤로 갔다"
        assert sender.una <= sender.nxt <= sender.max_nxt, "SND.UNA ≤ SND.NXT ≤ 보낸 끝"
        assert connection.in_flight >= 0
        assert sender.congestion.cwnd >= sender.congestion.mss, "cwnd가 1 MSS보다 작다"
        assert 0 <= connection.readable <= connection.config.receive_buffer
        assert connection.rcv_wnd >= 0
        if self.rcv_nxt is not None and connection.rcv_nxt is not None:
            assert seq_le(self.rcv_nxt, connection.rcv_nxt), "RCV.NXT가 뒤로 갔다"
        self.una, self.rcv_nxt = connection.snd_una, connection.rcv_nxt
        if isinstance(sender.recovery, RackRecovery):
            _check_transmissions(sender.recovery)

    def _check_sent(self, segment: Segment) -> None:
        connection = self.connection
        start = seq_add(segment.seq, segment.has(Flags.SYN))
        end = seq_add(start, len(segment.payload))
        if segment.has(Flags.FIN):
            assert self.fin_at in (None, end), "FIN의 번호가 바뀌었다"
            self.fin_at = end
        if self.fin_at is not None and segment.payload:
            assert seq_le(end, self.fin_at), "FIN 뒤에 데이터를 보냈다"
        if segment.payload and self.peer_edge is not None:
            over = seq_diff(end, self.peer_edge)
            probing = over == 1 and len(segment.payload) == 1
            assert over <= 0 or probing, f"상대의 윈도우를 {over}바이트 넘겨 보냈다: {segment.summary()}"
        if segment.has(Flags.ACK) and not segment.has(Flags.SYN):
            self._check_edge(segment, connection.negotiated.rcv_wscale)

    def _check_edge(self, segment: Segment, shift: int) -> None:
        """알린 오른쪽 끝은 물러나지 않는다. 스케일의 눈금보다 작은 차이만 생긴다 (RFC 7323 §2.4)."""
        edge = seq_add(segment.ack, segment.window << shift)
        if self.edge is not None:
            assert seq_diff(edge, self.edge) > -(1 << shift), "알린 윈도우를 물렸다"
        if self.edge is None or seq_lt(self.edge, edge):
            self.edge = edge


def _check_transmissions(recovery: RackRecovery) -> None:
    """RACK의 기록: 서로 겹치지 않고, pipe는 나가 있는 것의 합이다."""
    segments = recovery.rack.segments
    flying = list(segments.flying.values())
    assert segments.pipe == sum(sent.end - sent.start for sent in flying)
    assert len(segments) == len(flying) + len(segments.lost)
    assert [sent.at for sent in flying] == sorted(sent.at for sent in flying)
    pieces = sorted((sent.start, sent.end) for sent in flying)
    assert all(left[1] <= right[0] for left, right in pairwise(pieces))


@contextmanager
def every_event() -> Iterator[list[int]]:
    """이 안에서 도는 모든 연결을 사건마다 살핀다. 살핀 횟수를 담은 목록을 준다."""
    watchers: dict[int, Watcher] = {}
    count = [0]
    receive, poll = Connection.receive, Connection.poll

    def watcher(connection: Connection) -> Watcher:
        known = watchers.get(id(connection))
        if known is None or connection.iss != known.connection.iss:
            known = watchers[id(connection)] = Watcher(connection)
        return known

    def watched_receive(self: Connection, segment: Segment, now: float, *, ce: bool = False) -> list[Segment]:
        eye = watcher(self)
        sent = receive(self, segment, now, ce=ce)
        eye.on_arrival(segment)
        eye.check(sent)
        count[0] += 1
        return sent

    def watched_poll(self: Connection, now: float) -> list[Segment]:
        eye = watcher(self)
        sent = poll(self, now)
        eye.check(sent)
        due = self.next_timer()
        assert due is None or due > now, "끝난 타이머가 남았다"
        count[0] += 1
        return sent

    with patch.object(Connection, "receive", watched_receive), patch.object(Connection, "poll", watched_poll):
        yield count
