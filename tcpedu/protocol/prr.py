"""회복 동안 cwnd를 ssthresh까지 조금씩 줄인다: 비례 감속 PRR (RFC 9937, 앞선 판은 RFC 6937).

RFC 6937과 다른 점은 둘이다. 목표보다 적게 나가 있을 때, 보통은 도착한 만큼만(CRB) 보내고 회복이 순조로우면(SafeACK)
하나씩 더(SSRB) 보낸다: 6937은 둘 중 하나를 골라 썼다. RecoverFS에서는 회복 전에 이미 SACK된 것을 뺀다.

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations


class Prr:
    """한 번의 회복. 크기는 바이트다.

    `flight`는 회복을 시작할 때 아직 도착하지 않은 바이트(RecoverFS), `ssthresh`는 회복을 마칠 때의 목표다. `unit`은
    보낼 몫을 올림하는 단위다: RFC의 글은 1바이트, 세그먼트로 세는 리눅스는 MSS다. 이름은 RFC 9937을 따른다.

    >>> prr = Prr(flight=10_000, ssthresh=5_000, mss=1000)
    >>> prr.on_ack(delivered=1000, pipe=9000, safe=False)  # 한 개가 나가고 반 개를 보낸다. 첫 재전송은 반드시 보낸다
    10000
    >>> linux = Prr(flight=49_000, ssthresh=24_000, mss=1000, unit=1000)
    >>> linux.on_ack(delivered=1000, pipe=47_000, safe=False)
    48000
    """

    def __init__(self, flight: int, ssthresh: float, mss: int, unit: int = 1) -> None:
        self.recover_fs = max(1, flight)
        self.ssthresh = ssthresh
        self.mss = mss
        self.unit = unit
        self.delivered = 0  # prr_delivered: 회복 동안 상대가 받은 바이트
        self.out = 0  # prr_out: 회복 동안 보낸 바이트

    def on_ack(self, delivered: int, pipe: int, safe: bool) -> int:
        """ACK 하나를 반영한 cwnd. `safe`(SafeACK)는 SND.UNA가 나아갔고 새 손실이 없다는 뜻이다."""
        self.delivered += delivered
        if pipe > self.ssthresh:
            share = -int(-self.delivered * self.ssthresh // (self.recover_fs * self.unit))  # 올림
            sndcnt = share * self.unit - self.out
        else:  # 이미 목표보다 적게 나가 있다: 도착한 만큼, 안전하면 하나 더 (PRR-SSRB)
            limit = max(self.delivered - self.out, delivered) + (self.mss if safe else 0)
            sndcnt = min(int(self.ssthresh) - pipe, limit)
        if self.out == 0:
            sndcnt = max(sndcnt, self.mss)  # 빠른 재전송은 미루지 않는다
        return pipe + max(0, sndcnt)

    def on_sent(self, size: int) -> None:
        """회복 동안 `size`바이트를 보냈다."""
        self.out += size
