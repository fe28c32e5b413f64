"""BBR이 길을 어떻게 보고 있는지: ACK마다의 상태, 이득, BtlBw, RTprop을 적는다.

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.congestion import Bbr

from .contest import Contest, Outcome, Runner, compete


class Belief(NamedTuple):
    """한 순간 BBR이 믿는 것. `gain`은 pacing_gain, `btlbw`는 비트/초, `rtprop`은 초, `cwnd`는 바이트다."""

    time: float
    phase: str
    gain: float
    btlbw: float
    rtprop: float
    cwnd: int


def watch_bbr(
    *, rate: float = 4e6, rtt: float = 0.04, queue: int = 80, duration: float = 12.0
) -> tuple[Outcome, list[Belief]]:
    """BBR 하나를 홀로 돌리고, 결과와 (이득이나 상태가 바뀐 순간마다) 믿음을 돌려준다.

    >>> outcome, beliefs = watch_bbr(duration=2.0)
    >>> list(dict.fromkeys(belief.phase for belief in beliefs))
    ['대역폭 찾기', '큐 비우기', '대역폭 살피기']
    """
    beliefs: list[Belief] = []

    class Watched(Bbr):
        def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
            super().on_ack(acked, rtt, in_flight, now)
            model = self.model
            seen = Belief(now, self.phase.korean, self.pacing_gain, model.btlbw * 8, model.rtprop, self.cwnd)
            if not beliefs or (beliefs[-1].phase, beliefs[-1].gain) != (seen.phase, seen.gain):
                beliefs.append(seen)

    outcome = compete(Contest((Runner(Watched, rtt),), rate=rate, queue=queue, duration=duration))
    return outcome, beliefs


__all__ = ["Belief", "watch_bbr"]
