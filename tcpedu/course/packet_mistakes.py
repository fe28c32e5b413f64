"""표를 채울 때 흔히 하는 실수와, 그것을 바로잡는 RFC의 절."""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.network.deduce import Counting


class Mistake(NamedTuple):
    """이름 붙인 실수: 무엇을 잘못 세었는지, RFC의 절, 그렇게 세는 방법."""

    diagnosis: str
    rfc: str
    counting: Counting


MISTAKES = (
    Mistake(
        "SYN이 쓰는 번호를 세지 않았다. SYN은 데이터가 없어도 번호를 하나 쓴다.", "RFC 9293 §3.4", Counting(syn=0)
    ),
    Mistake(
        "FIN이 쓰는 번호를 세지 않았다. FIN도 SYN처럼 번호를 하나 쓴다.", "RFC 9293 §3.4", Counting(fin=0)
    ),
    Mistake(
        "SYN과 FIN을 세지 않고 데이터의 바이트만 세었다. 둘은 번호를 하나씩 쓴다.", "RFC 9293 §3.4",
        Counting(syn=0, fin=0),
    ),
    Mistake(
        "데이터를 세그먼트 하나에 1로 세었다. 데이터는 바이트마다 번호를 하나씩 쓴다.", "RFC 9293 §3.4",
        Counting(per_byte=False),
    ),
    Mistake(
        "아무것도 싣지 않은 ACK에 번호를 주었다. 데이터도 SYN도 FIN도 없으면 번호를 쓰지 않는다.", "RFC 9293 §3.4",
        Counting(bare=1),
    ),
    Mistake(
        "헤더의 20바이트까지 세었다. 순서 번호는 데이터와 SYN·FIN에만 붙는다.", "RFC 9293 §3.4", Counting(header=20)
    ),
    Mistake(
        "받은 마지막 번호를 ack에 적었다. 확인응답 번호는 그다음, 곧 다음에 받을 번호다.", "RFC 9293 §3.1",
        Counting(ack_shift=-1),
    ),
    Mistake(
        "ack가 하나 크다. SYN과 FIN의 번호는 이미 세었으니 거기에 1을 더하지 않는다.", "RFC 9293 §3.4",
        Counting(ack_shift=1),
    ),
    Mistake(
        "ack에 자기 순서 번호를 적었다. 확인응답 번호는 상대가 보낸 것을 센다.", "RFC 9293 §3.1",
        Counting(ack_of="own"),
    ),
    Mistake(
        "받은 세그먼트의 seq를 그대로 ack에 적었다. 그 번호는 이미 받았으니 그것이 쓴 만큼 나아가야 한다.",
        "RFC 9293 §3.4", Counting(ack_of="seq"),
    ),
    Mistake(
        "빈틈 뒤에 받은 것까지 확인했다. 확인응답은 누적이라 빈틈 앞에서 멈춘다.", "RFC 9293 §3.4",
        Counting(cumulative=False),
    ),
    Mistake(
        "아직 오지 않았거나 잃은 세그먼트까지 확인했다. 도착 시각을 보낸 시각과 견주어 보자.", "RFC 9293 §3.4",
        Counting(sees_loss=False),
    ),
    Mistake(
        "순서 번호가 한 바퀴 돌지 않았다. 32비트라 2**32에 이르면 0으로 돌아온다.", "RFC 9293 §3.4",
        Counting(wraps=False),
    ),
)  # fmt: skip
