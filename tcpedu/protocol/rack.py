"""RACK: 나중에 보낸 것이 도착했는데 아직 확인받지 못한 것은 잃었다고 본다 (RFC 8985 §6).

중복 ACK의 개수가 아니라 보낸 시각으로 판단한다. 그래서 다시 보낸 것을 또 잃어도 알고, 순서가 조금 뒤바뀐 것은 기다려
준다. 이름은 RFC를 따른다. 번호는 SYN을 0으로 센 절대 번호, 시간은 초다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable

from .recovery import DUP_THRESHOLD
from .transmissions import Sent, Transmissions

PERSIST = 16  # 넓힌 재정렬 윈도우를 지키는 회복의 수 (RFC 8985 §6.2)
MIN_RTT_WINDOW = 300.0  # 이보다 오래된 최솟값은 버린다: 길이 바뀌었을 수 있다
_NANOSECOND = 1e-9  # 타이머는 꼭 그 시각에 온다: 부동소수의 반올림 때문에 놓치지 않게


def rack_lost(segments: Iterable[tuple[int, float]], rack_time: float, reo_wnd: float) -> list[int]:
    """잃었다고 볼 세그먼트의 번호들 (RFC 8985 §6.2 5단계).

    `segments`는 아직 확인받지 못한 세그먼트의 (번호, 마지막으로 보낸 시각), `rack_time`은 이 시각까지 보낸 것은 벌써
    확인되었어야 하는 때(지금 - RACK.rtt)다. ACK를 받은 순간에는 그 ACK가 확인한 것 가운데 가장 늦게 보낸 것의 보낸
    시각(RACK.xmit_ts)과 같다. 그보다 `reo_wnd`초 넘게 앞서 보낸 것을 잃었다고 본다.
    강의: lessons/10_loss_recovery.ipynb

    >>> rack_lost([(1000, 0.0), (2000, 0.010), (3000, 0.030)], rack_time=0.030, reo_wnd=0.025)
    [1000]
    """
    limit = rack_time + _NANOSECOND
    return [number for number, sent_at in segments if sent_at + reo_wnd <= limit]


def _end(sent: Sent) -> int:
    return sent.end


def sent_order(sent: Sent) -> tuple[float, int]:
    """보낸 차례: RACK.rtt는 가장 나중에 보낸 것의 왕복 시간이다 (RFC 8985 §5.2)."""
    return sent.at, sent.end


class Rack:
    """RACK의 변수들 (RFC 8985 §5.2). 보낸 세그먼트의 기록은 `segments`에 있다."""

    def __init__(self) -> None:
        self.segments = Transmissions()
        self.xmit_ts = -1.0  # 확인된 것 가운데 가장 늦게 보낸 것의 보낸 시각. 아직 없으면 -1
        self.end_seq = 0
        self.rtt = 0.0  # 그것의 왕복 시간
        self.min_rtt: float | None = None
        self._min_rtt_at = 0.0
        self.fack = 0  # 확인된 가장 큰 번호
        self.reordering_seen = False
        self.reo_wnd = 0.0
        self.reo_wnd_mult = 1
        self.reo_wnd_persist = PERSIST
        self.dsack_round: int | None = None

    # 1–3단계: ACK를 반영한다 -------------------------------------------------

    def on_rtt(self, rtt: float, now: float) -> None:
        """1단계: RACK.min_RTT를 고친다."""
        if self.min_rtt is None or rtt <= self.min_rtt or now - self._min_rtt_at > MIN_RTT_WINDOW:
            self.min_rtt, self._min_rtt_at = rtt, now

    def on_delivered(self, delivered: list[Sent], now: float, echo: int | None = None) -> None:
        """2–3단계: 새로 확인된 세그먼트들(보낸 차례). `echo`는 ACK의 TSecr가 가리키는 보낸 시각, ms다."""
        for sent in sorted(delivered, key=_end):
            self._note_order(sent)
        for sent in delivered:
            rtt = now - sent.at
            if sent.retransmitted and self._is_ambiguous(sent, rtt, echo):
                continue
            self.rtt = rtt
            if (sent.at, sent.end) > (self.xmit_ts, self.end_seq):
                self.xmit_ts, self.end_seq = sent.at, sent.end

    def _is_ambiguous(self, sent: Sent, rtt: float, echo: int | None) -> bool:
        """다시 보낸 것의 ACK가 아니라 처음 보낸 것의 ACK일 수 있다 (2단계의 두 조건)."""
        if echo is not None and echo < int(sent.at * 1000):
            return True
        return self.min_rtt is not None and rtt < self.min_rtt

    def _note_order(self, sent: Sent) -> None:
        """3단계: 다시 보내지 않은 것이 RACK.fack 아래에서 이제야 확인되었으면 순서가 뒤바뀐 것이다."""
        if sent.end > self.fack:
            self.fack = sent.end
        elif sent.end < self.fack and not sent.retransmitted:
            self.reordering_seen = True

    # 4단계: 재정렬 윈도우 --------------------------------------------------------

    def on_dsack(self, una: int, nxt: int) -> None:
        """다시 보낸 것이 쓸데없었다: 한 왕복에 한 번, 재정렬 윈도우를 넓힌다."""
        if self.dsack_round is not None and una >= self.dsack_round:
            self.dsack_round = None
        if self.dsack_round is None:
            self.dsack_round = nxt
            self.reo_wnd_mult += 1
            self.reo_wnd_persist = PERSIST

    def on_recovery_exit(self) -> None:
        """회복이 끝났다: DSACK 없는 회복이 열여섯 번 이어지면 윈도우를 처음으로 되돌린다."""
        self.reo_wnd_persist -= 1
        if self.reo_wnd_persist <= 0:
            self.reo_wnd_mult = 1

    def window(self, in_recovery: bool, srtt: float | None) -> float:
        """RACK.reo_wnd: 순서가 뒤바뀐 적이 없으면 회복 중이거나 셋이 SACK되었을 때 기다리지 않는다."""
        if not self.reordering_seen and (in_recovery or self.segments.segs_sacked >= DUP_THRESHOLD):
            return 0.0
        if srtt is None or self.min_rtt is None:
            return 0.0
        return min(self.reo_wnd_mult * self.min_rtt / 4, srtt)

    # 5단계: 잃은 것 --------------------------------------------------------------

    def detect(self, now: float, in_recovery: bool, srtt: float | None) -> tuple[int, float | None]:
        """잃은 것에 표를 하고 (새로 잃은 세그먼트의 수, 더 기다려 볼 것이 있으면 다시 볼 시각)."""
        earlier = self.segments.sent_before(self.xmit_ts, self.end_seq)
        if not earlier:
            return 0, None
        self.reo_wnd = self.window(in_recovery, srtt)
        lost = rack_lost(((sent.start, sent.at) for sent in earlier), now - self.rtt, self.reo_wnd)
        for start in lost:
            self.segments.mark_lost(start)
        if len(lost) == len(earlier):
            return len(lost), None
        return len(lost), earlier[-1].at + self.rtt + self.reo_wnd

    def on_timeout(self, now: float, srtt: float | None) -> None:
        """RTO: 첫째 것과, 보낸 지 RTT와 재정렬 윈도우만큼 지난 것을 모두 잃었다고 본다 (RFC 8985 §6.3)."""
        self.reo_wnd = self.window(True, srtt)
        segments = self.segments
        lost = rack_lost(((sent.start, sent.at) for sent in segments.flying.values()), now - self.rtt, self.reo_wnd)
        for start in lost:
            segments.mark_lost(start)
        segments.mark_first_lost()
