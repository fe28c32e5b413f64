"""실습실의 네임스페이스 안을 들여다보고 바꾼다: sysctl, 커널의 셈, 연결의 상태.

읽고 쓰는 것은 모두 그 네임스페이스의 것이다. 컴퓨터의 설정은 그대로다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from collections import Counter

from .kernel_lab import KernelLab, KernelLabError
from .tcp_info_fields import LINUX_STATES

SYSCTLS = {
    "somaxconn": "core",
    **dict.fromkeys(
        (
            "tcp_syncookies", "tcp_max_syn_backlog", "tcp_challenge_ack_limit", "tcp_invalid_ratelimit", "tcp_rfc1337",
            "tcp_tw_reuse", "tcp_fin_timeout", "tcp_timestamps", "ip_local_port_range",
        ),
        "ipv4",
    ),
}  # fmt: skip


def sysctl(lab: KernelLab, name: str) -> int:
    """네임스페이스 안의 값. 이 커널에 없는 이름이면 `KernelLabError`."""
    done = lab.run(["cat", _path(name)])
    if done.returncode != 0:
        raise KernelLabError(f"이 커널에는 {name}이(가) 없습니다")
    return int(done.stdout)


def set_sysctl(lab: KernelLab, **values: int | str) -> None:
    """네임스페이스 안의 값을 바꾼다: `set_sysctl(lab, tcp_syncookies=0)`."""
    for name, value in values.items():
        done = lab.run(["sh", "-c", 'echo "$1" > "$2"', "sh", str(value), _path(name)])
        if done.returncode != 0:
            raise KernelLabError(f"네임스페이스 안의 {name}을(를) {value}(으)로 바꾸지 못했습니다")


def _path(name: str) -> str:
    if name not in SYSCTLS:
        raise ValueError(f"실습에 쓰지 않는 설정입니다: {name}. 쓸 수 있는 것: {', '.join(SYSCTLS)}")
    return f"/proc/sys/net/{SYSCTLS[name]}/{name}"


def counters(lab: KernelLab) -> Counter[str]:
    """네임스페이스의 /proc/net/netstat. 앞뒤의 차가 그동안 일어난 일이다.

    커널마다 있는 이름이 조금씩 다르다. 없는 이름은 0이다.
    """
    return parse_netstat(lab.run(["cat", "/proc/net/netstat"]).stdout)


def parse_netstat(text: str) -> Counter[str]:
    """이름 줄과 값 줄이 번갈아 나오는 글을 푼다.

    >>> parse_netstat("TcpExt: SyncookiesSent ListenDrops\\nTcpExt: 83 2\\n")["SyncookiesSent"]
    83
    """
    lines = [line.split()[1:] for line in text.splitlines()]
    names, values = lines[::2], lines[1::2]
    both = zip(names, values, strict=True)
    return Counter({name: int(value) for row, many in both for name, value in zip(row, many, strict=True)})


def states(lab: KernelLab, port: int) -> Counter[str]:
    """네임스페이스 안에서 이쪽 포트가 `port`인 연결의 상태마다의 수."""
    return parse_states(lab.run(["cat", "/proc/net/tcp"]).stdout, port)


def parse_states(text: str, port: int) -> Counter[str]:
    """/proc/net/tcp에서 이쪽 포트가 `port`인 연결의 상태마다의 수.

    >>> parse_states("sl local rem st\\n0: 0100090A:0050 00000000:0000 0A\\n", 80)
    Counter({'LISTEN': 1})
    """
    rows = [line.split() for line in text.splitlines()[1:]]
    mine = (state for _, local, _, state, *_ in rows if int(local.split(":")[1], 16) == port)
    return Counter(LINUX_STATES[int(state, 16)] for state in mine)
