"""강의에 나오는 커널 값의 설명과, 다른 운영체제에서 보일 기록.

기본값은 커널 6.18의 `Documentation/networking/ip-sysctl.rst`와 소스의 것이다. 빌드나 메모리에 따라 달라지면 비운다.
"""

from __future__ import annotations

from typing import NamedTuple


class Note(NamedTuple):
    """커널 값 하나의 설명. `default`가 비었으면 컴퓨터마다 다른 값이다."""

    name: str
    topic: str
    meaning: str
    unit: str
    default: str
    history: str = ""


TOPICS = ("buffers", "keepalive", "sending", "opening", "closing")

NOTES = tuple(
    Note(*row)
    for row in (
        ("net.ipv4.tcp_rmem", "buffers", "수신 버퍼의 최솟값, 처음 값, 자동 조절의 한도", "바이트",
         "4096 131072 33554432",
         "셋째는 메모리가 적으면 더 작다. 6.15까지는 6291456이 한도였다. 처음 값 87380은 옛 커널의 것이다"),
        ("net.ipv4.tcp_wmem", "buffers", "송신 버퍼의 최솟값, 처음 값, 자동 조절의 한도", "바이트",
         "4096 16384 4194304", "셋째는 메모리가 적으면 더 작다(65536부터)"),
        ("net.ipv4.tcp_moderate_rcvbuf", "buffers", "수신 버퍼를 커널이 늘린다(자동 조절)", "0 끔, 1 켬", "1"),
        ("net.core.rmem_max", "buffers", "SO_RCVBUF로 정할 수 있는 한도. 자동 조절에는 쓰이지 않는다", "바이트",
         "4194304", "옛 커널은 212992"),
        ("net.core.wmem_max", "buffers", "SO_SNDBUF로 정할 수 있는 한도", "바이트", "4194304", "옛 커널은 212992"),
        ("net.ipv4.tcp_window_scaling", "buffers", "윈도우 스케일 옵션을 쓴다", "0 끔, 1 켬", "1"),
        ("net.ipv4.tcp_keepalive_time", "keepalive", "이만큼 조용하면 첫 탐침. SO_KEEPALIVE를 켠 소켓에만", "초",
         "7200", "RFC 9293 §3.8.4: 기본값은 2시간 이상이어야 한다(MUST-28)"),
        ("net.ipv4.tcp_keepalive_intvl", "keepalive", "답이 없을 때 다음 탐침까지", "초", "75"),
        ("net.ipv4.tcp_keepalive_probes", "keepalive", "이만큼 답이 없으면 끊는다", "번", "9"),
        ("net.ipv4.tcp_retries2", "keepalive", "보낸 데이터의 답이 없을 때 다시 보내는 한도", "번", "15",
         "RTO가 200ms이면 924.6초"),
        ("net.ipv4.tcp_congestion_control", "sending", "새 연결의 혼잡 제어", "이름", "", "빌드할 때 정한다"),
        ("net.ipv4.tcp_slow_start_after_idle", "sending", "쉬었다 보내면 cwnd를 처음으로 돌린다", "0 끔, 1 켬", "1"),
        ("net.ipv4.tcp_sack", "sending", "선택적 확인응답을 쓴다", "0 끔, 1 켬", "1"),
        ("net.ipv4.tcp_timestamps", "sending", "타임스탬프를 쓴다", "0 끔, 1 켬, 2 난수 없이", "1"),
        ("net.ipv4.tcp_autocorking", "sending", "작은 쓰기가 겹치면 커널이 모은다", "0 끔, 1 켬", "1"),
        ("net.core.somaxconn", "opening", "listen()의 백로그의 한도", "개", "4096", "5.3까지는 128"),
        ("net.ipv4.tcp_fastopen", "opening", "TFO: 1 클라이언트, 2 서버(더해서 쓴다)", "비트", "1"),
        ("net.ipv4.tcp_fin_timeout", "closing", "주인 없는 FIN_WAIT_2를 치우기까지. TIME_WAIT가 아니다", "초", "60"),
        ("net.ipv4.tcp_tw_reuse", "closing", "나가는 연결에 TIME_WAIT의 자리를 다시 쓴다", "0 끔, 1 모두, 2 루프백만",
         "2", "들어오는 연결에는 아무 일도 하지 않는다"),
    )
)  # fmt: skip

RECORDED = """\
net.core.rmem_max = 4194304
net.core.somaxconn = 4096
net.core.wmem_max = 4194304
net.ipv4.tcp_autocorking = 1
net.ipv4.tcp_congestion_control = bbr
net.ipv4.tcp_fastopen = 1
net.ipv4.tcp_fin_timeout = 60
net.ipv4.tcp_keepalive_intvl = 75
net.ipv4.tcp_keepalive_probes = 9
net.ipv4.tcp_keepalive_time = 7200
net.ipv4.tcp_moderate_rcvbuf = 1
net.ipv4.tcp_retries2 = 15
net.ipv4.tcp_rmem = 4096	131072	33554432
net.ipv4.tcp_sack = 1
net.ipv4.tcp_slow_start_after_idle = 1
net.ipv4.tcp_timestamps = 1
net.ipv4.tcp_tw_reuse = 2
net.ipv4.tcp_window_scaling = 1
net.ipv4.tcp_wmem = 4096	16384	4194304
"""
"""Linux 6.18, 메모리 24GB에서 `sysctl`이 적은 것."""
