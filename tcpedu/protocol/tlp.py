"""꼬리 손실 탐침 TLP: 마지막 세그먼트를 잃으면 RTO를 기다리지 않고 하나를 더 보내 본다 (RFC 8985 §7).

탐침의 ACK가 SACK을 실어 오면 RACK이 잃은 것을 알아낸다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

MAX_ACK_DELAY = 0.2  # TLP.max_ack_delay: 하나만 나가 있으면 상대가 ACK를 이만큼 미룰 수 있다. 리눅스는 200 ms


def probe_timeout(srtt: float | None, single: bool, until_rto: float, max_ack_delay: float = MAX_ACK_DELAY) -> float:
    """PTO: 탐침을 보내기까지 기다릴 시간, 초 (RFC 8985 §7.2 TLP_calc_PTO).

    `single`은 나가 있는 것이 세그먼트 하나라는 뜻, `until_rto`는 RTO까지 남은 시간이다.

    >>> probe_timeout(srtt=0.1, single=False, until_rto=1.0), round(probe_timeout(0.1, True, 1.0), 3)
    (0.2, 0.4)
    >>> probe_timeout(srtt=None, single=False, until_rto=0.9)
    0.9
    """
    pto = 1.0 if srtt is None else 2 * srtt
    if srtt is not None and single:
        pto += max_ack_delay
    return min(pto, until_rto)


class TailLossProbe:
    """한 연결의 탐침. 이름은 RFC 8985 §5.3을 따른다."""

    def __init__(self) -> None:
        self.end_seq: int | None = None  # 탐침을 보낸 때의 SND.NXT. 나가 있는 탐침이 없으면 None
        self.is_retrans = False
        self.measured = True  # 마지막 탐침 뒤에 왕복 시간을 쟀는가

    def may_probe(self) -> bool:
        """탐침을 보내도 되는가: 앞의 탐침이 끝났고 그 뒤로 RTT를 쟀다 (§7.3)."""
        return self.end_seq is None and self.measured

    def on_probe(self, nxt: int, is_retrans: bool) -> None:
        """탐침을 보냈다."""
        self.end_seq = nxt
        self.is_retrans = is_retrans
        self.measured = False

    def on_ack(self, ack: int, *, dsack_end: int | None, bare_duplicate: bool) -> bool:
        """탐침이 손실 하나를 몰래 메웠으면 참: 혼잡 제어가 한 번 줄여야 한다 (§7.4.2).

        `dsack_end`는 이 ACK의 DSACK이 알린 구간의 끝, `bare_duplicate`는 SACK 없는 중복 ACK라는 뜻이다.
        """
        if self.end_seq is None or ack < self.end_seq:
            return False
        if not self.is_retrans or dsack_end == self.end_seq:
            self.end_seq = None  # 새 데이터였거나, 상대가 두 번 받았다: 잃은 것이 없었다
            return False
        if ack > self.end_seq:
            self.end_seq = None
            return True
        if bare_duplicate:
            self.end_seq = None
        return False
