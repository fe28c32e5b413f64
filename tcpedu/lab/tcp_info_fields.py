"""커널이 `getsockopt(TCP_INFO)`로 돌려주는 구조체의 모양: 이름, 크기, 단위, 뜻.

리눅스는 `include/uapi/linux/tcp.h`의 `struct tcp_info`, macOS는 `netinet/tcp.h`의 `struct tcp_connection_info`다.
리눅스의 것은 뒤에만 덧붙으므로 돌려받은 길이가 곧 판이다: 232바이트까지가 6.1, 248바이트까지가 6.7, 280바이트가 6.18.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """구조체의 한 칸. `code`는 `struct` 모듈의 글자다."""

    name: str
    code: str
    unit: str
    meaning: str


LINUX = tuple(
    Field(*row)
    for row in (
        ("state", "B", "", "연결의 상태"),
        ("ca_state", "B", "", "혼잡 제어의 상태"),
        ("retransmits", "B", "번", "타임아웃이 거듭된 횟수. ACK가 오면 0"),
        ("probes", "B", "번", "답이 없는 탐침의 수"),
        ("backoff", "B", "번", "RTO를 두 배로 늘린 횟수"),
        ("options", "B", "", "쓰기로 한 옵션"),
        ("wscale", "B", "비트", "아래 4비트는 상대의, 위 4비트는 내 윈도우 스케일"),
        ("limits", "B", "", "아래 1비트는 응용이 모자랐는지, 그 위 2비트는 TFO가 실패한 까닭"),
        ("rto", "I", "μs", "재전송 타임아웃"),
        ("ato", "I", "μs", "지연 ACK를 미루는 시간"),
        ("snd_mss", "I", "바이트", "보내는 세그먼트의 한도"),
        ("rcv_mss", "I", "바이트", "받는 세그먼트의 크기라고 짐작한 값"),
        ("unacked", "I", "세그먼트", "보냈지만 확인받지 못한 것"),
        ("sacked", "I", "세그먼트", "SACK으로 확인받은 것"),
        ("lost", "I", "세그먼트", "잃었다고 보는 것"),
        ("retrans", "I", "세그먼트", "다시 보내 아직 확인받지 못한 것"),
        ("fackets", "I", "세그먼트", "쓰지 않는 칸. 4.15부터 늘 0"),
        ("last_data_sent", "I", "ms", "마지막으로 데이터를 보낸 뒤로"),
        ("last_ack_sent", "I", "ms", "쓰지 않는 칸. 늘 0"),
        ("last_data_recv", "I", "ms", "마지막으로 데이터를 받은 뒤로"),
        ("last_ack_recv", "I", "ms", "마지막으로 ACK를 받은 뒤로"),
        ("pmtu", "I", "바이트", "경로의 MTU"),
        ("rcv_ssthresh", "I", "바이트", "지금 알릴 수 있는 윈도우의 한도"),
        ("rtt", "I", "μs", "다듬은 RTT(SRTT)"),
        ("rttvar", "I", "μs", "RTT의 흔들림(RTTVAR)"),
        ("snd_ssthresh", "I", "세그먼트", "슬로 스타트 임계값. 정해지지 않았으면 inf"),
        ("snd_cwnd", "I", "세그먼트", "혼잡 윈도우"),
        ("advmss", "I", "바이트", "상대에게 알린 MSS"),
        ("reordering", "I", "세그먼트", "순서가 이만큼 바뀌는 것은 손실로 보지 않는다"),
        ("rcv_rtt", "I", "μs", "받는 쪽에서 잰 RTT"),
        ("rcv_space", "I", "바이트", "한 RTT에 응용이 읽어 간 양. 수신 버퍼의 자동 조절이 쓴다"),
        ("total_retrans", "I", "세그먼트", "지금까지 다시 보낸 것"),
        ("pacing_rate", "Q", "바이트/초", "간격을 두고 내보내는 빠르기"),
        ("max_pacing_rate", "Q", "바이트/초", "SO_MAX_PACING_RATE로 정한 한도. 없으면 inf"),
        ("bytes_acked", "Q", "바이트", "확인받은 것"),
        ("bytes_received", "Q", "바이트", "순서대로 받은 것"),
        ("segs_out", "I", "세그먼트", "보낸 것. ACK도 센다"),
        ("segs_in", "I", "세그먼트", "받은 것. ACK도 센다"),
        ("notsent_bytes", "I", "바이트", "송신 버퍼에서 아직 보내지 않은 것"),
        ("min_rtt", "I", "μs", "가장 짧았던 RTT. 아직 재지 못했으면 None"),
        ("data_segs_in", "I", "세그먼트", "데이터가 든 받은 것"),
        ("data_segs_out", "I", "세그먼트", "데이터가 든 보낸 것"),
        ("delivery_rate", "Q", "바이트/초", "가장 최근에 잰, 도착한 빠르기"),
        ("busy_time", "Q", "μs", "보낼 것이 있던 시간"),
        ("rwnd_limited", "Q", "μs", "그 가운데 수신 윈도우에 막힌 시간"),
        ("sndbuf_limited", "Q", "μs", "그 가운데 송신 버퍼에 막힌 시간"),
        ("delivered", "I", "세그먼트", "도착한 것. 다시 보낸 것도 센다"),
        ("delivered_ce", "I", "세그먼트", "그 가운데 ECN으로 혼잡이 표시된 것"),
        ("bytes_sent", "Q", "바이트", "보낸 것. 다시 보낸 것도 센다"),
        ("bytes_retrans", "Q", "바이트", "다시 보낸 것"),
        ("dsack_dups", "I", "번", "두 번 받았다고 상대가 알린 횟수(DSACK)"),
        ("reord_seen", "I", "번", "순서가 바뀐 것을 알아챈 횟수"),
        ("rcv_ooopack", "I", "세그먼트", "순서가 어긋나 도착한 것"),
        ("snd_wnd", "I", "바이트", "상대가 알린 윈도우"),
        ("rcv_wnd", "I", "바이트", "내가 알린 윈도우"),
        ("rehash", "I", "번", "길을 바꿔 보려고 해시를 다시 정한 횟수"),
        ("total_rto", "H", "번", "지금까지의 타임아웃"),
        ("total_rto_recoveries", "H", "번", "지금까지의 타임아웃 뒤 회복"),
        ("total_rto_time", "I", "ms", "그 회복에 쓴 시간"),
        ("received_ce", "I", "세그먼트", "혼잡이 표시되어 도착한 것"),
        ("delivered_e1_bytes", "I", "바이트", "AccECN: ECT(1)로 도착한 것"),
        ("delivered_e0_bytes", "I", "바이트", "AccECN: ECT(0)으로 도착한 것"),
        ("delivered_ce_bytes", "I", "바이트", "AccECN: CE로 도착한 것"),
        ("received_e1_bytes", "I", "바이트", "AccECN: ECT(1)로 받은 것"),
        ("received_e0_bytes", "I", "바이트", "AccECN: ECT(0)으로 받은 것"),
        ("received_ce_bytes", "I", "바이트", "AccECN: CE로 받은 것"),
    )
)
# 그 뒤의 4바이트(AccECN의 상태)는 판마다 나누는 법이 달라 읽지 않는다.

# (이름, 글자). 마지막 일곱은 8바이트에 맞춰 놓인다. 시간은 ms, 나머지는 바이트와 개수다.
MACOS = (
    ("state", "B"), ("snd_wscale", "B"), ("rcv_wscale", "B"), ("pad", "B"), ("options", "I"), ("flags", "I"),
    ("rto", "I"), ("maxseg", "I"), ("snd_ssthresh", "I"), ("snd_cwnd", "I"), ("snd_wnd", "I"), ("snd_sbbytes", "I"),
    ("rcv_wnd", "I"), ("rttcur", "I"), ("srtt", "I"), ("rttvar", "I"), ("tfo", "I"),
    ("txpackets", "Q"), ("txbytes", "Q"), ("txretransmitbytes", "Q"), ("rxpackets", "Q"), ("rxbytes", "Q"),
    ("rxoutoforderbytes", "Q"), ("txretransmitpackets", "Q"),
)  # fmt: skip

# include/net/tcp_states.h의 1~12. 이름은 RFC의 낱말로
LINUX_STATES = (
    "", "ESTABLISHED", "SYN_SENT", "SYN_RCVD", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED", "CLOSE_WAIT",
    "LAST_ACK", "LISTEN", "CLOSING", "SYN_RCVD",
)  # fmt: skip
# netinet/tcp_fsm.h의 0~10
MACOS_STATES = (
    "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1", "CLOSING", "LAST_ACK",
    "FIN_WAIT_2", "TIME_WAIT",
)  # fmt: skip
CA_STATES = ("Open", "Disorder", "CWR", "Recovery", "Loss")
OPTIONS = ("timestamps", "sack", "wscale", "ecn", "ecn_seen", "syn_data", "usec_ts")
