"""연결의 타이머들: 재전송, 사용자 타임아웃, 지속, 지연 ACK, 킵얼라이브, 페이싱, 2 MSL (RFC 9293 §3.10.8).

강의: lessons/07_retransmission.ipynb
"""

from __future__ import annotations

from .output import send
from .state import Event, State
from .tcb import Notice, Tcb


def next_timer(tcb: Tcb) -> float | None:
    """가장 먼저 끝나는 타이머의 시각. 없으면 `None`."""
    sender, receiver = tcb.sender, tcb.receiver
    first = sender.rtx_at
    # 세그먼트마다 지나는 길이다: 거의 언제나 꺼져 있는 타이머를 모아 견주지 않는다.
    if receiver is not None and (at := receiver.delayed.at) is not None:
        first = _earlier(at, first)
    if (at := sender.recovery.early_at) is not None:
        first = _earlier(at, first)
    if (at := sender.persist.at) is not None:
        first = _earlier(at, first)
    if (at := sender.pacer.at) is not None:
        first = _earlier(at, first)
    if (at := tcb.time_wait_at) is not None:
        first = _earlier(at, first)
    if (at := tcb.keepalive.at) is not None:
        first = _earlier(at, first)
    if tcb.config.user_timeout is not None and (at := _user_deadline(tcb)) is not None:
        first = _earlier(at, first)
    return first


def _earlier(at: float, first: float | None) -> float:
    return at if first is None or at < first else first


def run(tcb: Tcb, now: float) -> bool:
    """끝난 타이머를 처리한다. 끝난 것이 있었으면 참."""
    first = next_timer(tcb)
    if first is None or first > now:
        return False
    if _due(_user_deadline(tcb), now):
        tcb.give_up(f"{tcb.config.user_timeout:g}초 동안 확인받지 못해 포기했습니다")
        return True
    if _due(tcb.time_wait_at, now):
        tcb.move(Event.TIMEOUT_2MSL)
    if tcb.receiver is not None and _due(tcb.receiver.delayed.at, now):
        tcb.ack_now = True
    if _due(tcb.sender.recovery.early_at, now):
        _check_early(tcb, now)
    if _due(tcb.sender.rtx_at, now):
        _retransmit(tcb, now)
    if _due(tcb.sender.persist.at, now):
        _probe(tcb, now)
    if _due(tcb.keepalive.at, now):
        _keep_alive(tcb, now)
    return True


def _due(at: float | None, now: float) -> bool:
    return at is not None and at <= now


def _user_deadline(tcb: Tcb) -> float | None:
    """확인을 기다리는 것이 있으면, 포기할 시각."""
    timeout, since = tcb.config.user_timeout, tcb.sender.waiting_since
    return None if timeout is None or since is None else since + timeout


def _retransmit(tcb: Tcb, now: float) -> None:
    """재전송 타이머. R1만큼 되풀이했으면 알리고, R2만큼이면 포기한다 (RFC 9293 §3.8.3)."""
    sender, config = tcb.sender, tcb.config
    linear = config.syn_linear_timeouts if tcb.state is State.SYN_SENT else 0
    # 리눅스는 백오프 없이 다시 보낸 것을 횟수에 넣지 않는다 (ip-sysctl, tcp_syn_retries).
    limit = config.retries if sender.syn_acked else config.syn_retries + linear
    if sender.retries >= limit:
        tcb.give_up(f"{limit}번 재전송해도 답이 없어 포기했습니다")
    else:
        sender.on_timeout(now, backoff=sender.retries >= linear)
        if sender.retries == config.warn_retries:
            tcb.warnings.append(Notice(now, f"{sender.retries}번 재전송했지만 아직 답이 없습니다"))


def _check_early(tcb: Tcb, now: float) -> None:
    """RTO보다 먼저 보는 타이머: 재정렬 타이머와 꼬리 손실 탐침 (RFC 8985 §6.2, §7.3)."""
    chunk = tcb.sender.on_early_timer(now)
    if chunk is not None:
        send(tcb, [chunk], now)


def _probe(tcb: Tcb, now: float) -> None:
    """지속 타이머. 상대가 답하는 한 언제까지나 묻는다 (RFC 9293 §3.8.6.1 MUST-37)."""
    if tcb.sender.persist.probes >= tcb.config.retries:
        tcb.give_up(f"윈도우가 닫힌 채 {tcb.config.retries}번 물어도 답이 없어 포기했습니다")
        return
    probe = tcb.sender.on_persist(now)
    if probe is not None:
        send(tcb, [probe], now)


def _keep_alive(tcb: Tcb, now: float) -> None:
    """조용한 연결에서 SND.NXT-1의 빈 세그먼트로 답을 청한다 (RFC 9293 §3.8.4)."""
    if tcb.state in (State.SYN_SENT, State.SYN_RCVD, State.TIME_WAIT) or tcb.sender.in_flight:
        tcb.keepalive.on_arrival(now)  # 다른 타이머가 이미 상대를 살피고 있다
    elif tcb.keepalive.on_timer(now):
        send(tcb, [(tcb.sender.max_nxt - 1, 0, b"")], now)
    else:
        tcb.give_up(f"{tcb.config.keepalive_probes}번 물어도 상대가 답하지 않습니다")
