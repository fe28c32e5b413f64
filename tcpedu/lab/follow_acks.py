"""기록한 ACK를 라이브러리의 `Connection`에 그대로 먹여, 커널과 같은 세그먼트를 보내는지 ACK마다 견준다.

ACK가 온 시각도 기록한 대로다. 타이머는 커널의 것이 울린 때에 끝낸다: 커널의 재전송 타이머는 늦게 울리기도 하고, 견줄
것은 그때 *무엇을* 보내는지다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import LINUX as LINUX_RULES
from tcpedu.protocol.congestion import Cubic, Reno
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.profiles import PROFILES
from tcpedu.protocol.segment import MSS as MssOption
from tcpedu.protocol.segment import Flags, Option, Sack, SackPermitted, Segment, WindowScale

from .kernel_run import MSS, EmulatorSettings, KernelRun, Step

PORT, PEER_PORT = 50000, 80
RECOVERY, LOSS = 3, 4  # enum tcp_ca_state의 TCP_CA_Recovery와 TCP_CA_Loss
Sent = tuple[tuple[int, int], ...]
"""보낸 세그먼트들의 (순서 번호, 데이터 길이)."""


def matching_config(settings: EmulatorSettings, profile: str = "linux") -> Config:
    """그 실행과 같은 설정: `profiles.PROFILES`의 한 벌에서, 실행이 끈 것을 끈다.

    >>> linux, textbook = (matching_config(EmulatorSettings(), profile) for profile in ("linux", "textbook"))
    >>> linux.recovery, linux.frto, textbook.recovery
    ('prr', False, 'rfc6582')
    """
    kind = Cubic if settings.congestion == "cubic" else Reno
    rules = LINUX_RULES if profile == "linux" else None
    return replace(
        PROFILES[profile], local_port=PORT, remote_port=PEER_PORT, mss=MSS, send_buffer=max(1, settings.segments * MSS),
        sack=settings.sack, timestamps=False, undo=False, frto=False, tail_loss_probe=False, nodelay=True,
        initial_window=10 * MSS, window_scale=7, congestion=partial(kind, rules=rules),
    )  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """일 하나에서 커널과 우리가 보낸 것, 그 뒤의 cwnd(세그먼트)."""

    step: Step
    kernel: Sent
    ours: Sent
    cwnd: float

    @property
    def same(self) -> bool:
        """같은 세그먼트를 같은 차례로 보냈는가."""
        return self.kernel == self.ours


@dataclass(frozen=True)
class Comparison:
    """실행 하나를 따라간 결과. 화면에는 몇 개가 같은지와, 다른 까닭마다 처음 다른 것이 나온다."""

    run: KernelRun
    rows: tuple[Compared, ...] = field(repr=False)
    matched: bool
    """실행과 같은 설정(`matching_config`)으로 따라갔는가."""

    @property
    def acks(self) -> list[Compared]:
        """ACK를 받은 일만."""
        return [row for row in self.rows if row.step.cause == "ack"]

    @property
    def agreement(self) -> float:
        """같은 것을 보낸 ACK의 몫, 0–1."""
        return sum(row.same for row in self.acks) / max(1, len(self.acks))

    @property
    def different(self) -> list[Compared]:
        """다른 것을 보낸 일들. ACK가 아닌 일도 든다."""
        return [row for row in self.rows if not row.same]

    @property
    def cwnd_gap(self) -> float:
        """두 cwnd가 가장 멀리 떨어진 때의 차이, 세그먼트."""
        return max((abs(row.cwnd - row.step.info.cwnd) for row in self.rows), default=0.0)

    def __repr__(self) -> str:
        same, gap = sum(row.same for row in self.acks), self.cwnd_gap
        cwnd = f"cwnd는 가장 멀 때 {gap:.1f}세그먼트 달랐습니다" if gap else "cwnd는 같았습니다"
        head = (
            f"리눅스 {self.run.kernel} ({self.run.settings.congestion}): ACK {len(self.acks)}개 가운데 {same}개에서 "
            f"같은 세그먼트를 보냈습니다 ({self.agreement:.1%}). {cwnd}."
        )
        details = [f"  {why} ({len(rows)}번). {_describe(rows[0])}" for why, rows in self.reasons.items()]
        return "\n".join([head, *details])

    @property
    def reasons(self) -> dict[str, list[Compared]]:
        """다른 까닭 → 그 까닭으로 다른 일들. 처음 나온 차례다."""
        found: dict[str, list[Compared]] = {}
        for row in self.different:
            found.setdefault(_why(row, self.matched and self.run.settings.congestion == "cubic"), []).append(row)
        return found


def _describe(row: Compared) -> str:
    what = {"ack": f"ACK {row.step.ack}", "timer": "타이머", "write": "쓰기"}[row.step.cause]
    kernel, ours = (", ".join(str(seq) for seq, _ in sent) or "없음" for sent in (row.kernel, row.ours))
    cwnds = f"cwnd {row.step.info.cwnd} / {row.cwnd:.1f}"
    return f"처음은 {row.step.time:.3f}초의 {what}: 커널은 {kernel} / 우리는 {ours} ({cwnds})"


def _why(row: Compared, same_cubic: bool) -> str:
    gap = abs(row.cwnd - row.step.info.cwnd)
    recovering = row.step.info.ca_state == RECOVERY
    if same_cubic and not recovering and gap <= 2:
        return "커널의 CUBIC은 jiffy 단위의 시계와 정수로 셈해, 늘리는 때가 ACK 몇 개만큼 다릅니다"
    if gap >= 1:
        return "회복 동안 cwnd를 움직이는 법이 다릅니다" if recovering else "cwnd가 다릅니다"
    return "cwnd는 같고, 네트워크에 나가 있다고 보는 양이 다릅니다"


def follow_acks(run: KernelRun, config: Config | None = None) -> Comparison:
    """`run`의 ACK를 `config`(기본은 `matching_config`)의 연결에 먹인다.

    `config`를 바꾸면 무엇이 커널과 달라지는지 보인다. 강의: lessons/16_capstone.ipynb

    >>> from tcpedu.lab.kernel_runs import recorded_run
    >>> run = recorded_run("one_loss")
    >>> follow_acks(run)
    리눅스 6.18.44 (reno): ACK 400개 가운데 400개에서 같은 세그먼트를 보냈습니다 (100.0%). cwnd는 같았습니다.
    >>> follow_acks(run, matching_config(run.settings, "textbook"))  # doctest: +ELLIPSIS
    리눅스 6.18.44 (reno): ACK 400개 가운데 ...개에서 같은 세그먼트를 보냈습니다 (...%). cwnd는 가장 멀 때 ...
      회복 동안 cwnd를 움직이는 법이 다릅니다 (...번). 처음은 ...
    """
    connection = _opened(run, config or matching_config(run.settings))
    rows = []
    for step in run.steps:
        sent = tuple((segment.seq, len(segment.payload)) for segment in _take(connection, step) if segment.payload)
        kernel = tuple((segment.seq, segment.length) for segment in step.sent)
        rows.append(Compared(step, kernel, sent, connection.cwnd / MSS))
    return Comparison(run, tuple(rows), config is None)


def _opened(run: KernelRun, config: Config) -> Connection:
    """SYN을 0초에 보내고, 기록한 SYN,ACK로 연 연결. ISS가 0이라 순서 번호는 기록의 것과 같다."""
    connection = Connection(config, iss=0)
    connection.open()
    connection.poll(0.0)
    options: tuple[Option, ...] = (MssOption(run.peer_mss), WindowScale(run.peer_scale))
    if run.settings.sack:
        options += (SackPermitted(),)
    syn_ack = Segment(PEER_PORT, PORT, 0, 1, Flags.SYN | Flags.ACK, run.peer_window, options=options)
    connection.receive(syn_ack, run.opened)
    connection.write(bytes(run.settings.segments * MSS))
    return connection


def _take(connection: Connection, step: Step) -> list[Segment]:
    if step.cause == "ack":
        options = (Sack(step.sack),) if step.sack else ()
        segment = Segment(PEER_PORT, PORT, 1, step.ack, Flags.ACK, step.window, options=options)
        return connection.receive(segment, step.time)
    due = connection.rtx_at if step.info.ca_state == LOSS else connection.next_timer()
    return connection.poll(step.time if due is None or step.cause == "write" else max(step.time, due))
