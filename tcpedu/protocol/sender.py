"""보내는 쪽: 송신 변수와 버퍼, 재전송 타이머와 지속 타이머 (RFC 9293 §3.8, RFC 6298 §5)."""

from __future__ import annotations

from dataclasses import dataclass

from .config import Config
from .rto import RtoEstimator
from .segment import Flags
from .seqnum import seq_add, seq_diff, seq_le, seq_lt


@dataclass(frozen=True, slots=True)
class Chunk:
    """순서 번호 공간의 한 토막: 보낼 번호, 플래그(SYN·FIN·PSH), 데이터."""

    seq: int
    flags: Flags
    payload: bytes = b""


class Sender:
    """내가 보내는 순서 번호 공간. SYN이 `iss`, 데이터의 첫 바이트가 `iss + 1`, FIN이 마지막 번호다.

    변수 이름은 RFC 9293 §3.3.1을 따른다: `una`(SND.UNA), `nxt`(SND.NXT), `wnd`(SND.WND), `wl1`, `wl2`.
    윈도우와 크기는 바이트, 시각은 초다.
    """

    def __init__(self, config: Config, iss: int) -> None:
        self.config = config
        self.iss = iss
        self.una = iss
        self.nxt = iss
        self.max_nxt = iss  # 지금까지 보낸 가장 큰 SND.NXT
        self.wnd = 0
        self.wl1 = 0
        self.wl2 = 0
        self.mss = config.mss
        self.estimator = RtoEstimator(
            initial=config.initial_rto, minimum=config.min_rto, maximum=config.max_rto
        )  # fmt: skip
        self.retries = 0
        self.rtx_at: float | None = None  # 재전송 타이머가 끝나는 시각
        self.persist_at: float | None = None  # 지속 타이머가 끝나는 시각
        self.syn_retransmitted = False
        self._persist_interval = 0.0
        self._buffer = bytearray()
        self._buffer_seq = seq_add(iss, 1)  # 버퍼 첫 바이트의 순서 번호
        self._fin_queued = False
        self._timed: tuple[int, float] | None = None  # RTT를 재는 중인 (끝 번호, 보낸 시각)

    # 버퍼 -----------------------------------------------------------------

    @property
    def free(self) -> int:
        """송신 버퍼의 남은 자리."""
        return self.config.send_buffer - len(self._buffer)

    @property
    def in_flight(self) -> int:
        """보내고 아직 확인받지 못한 순서 번호의 수."""
        return seq_diff(self.nxt, self.una)

    @property
    def unsent(self) -> int:
        """SND.NXT 뒤에서 기다리는 데이터 바이트 수."""
        return max(0, len(self._buffer) - max(0, seq_diff(self.nxt, self._buffer_seq)))

    @property
    def fin_acked(self) -> bool:
        """내 FIN이 확인되었는가."""
        return self._fin_queued and self.una == seq_add(self._fin_seq, 1)

    @property
    def syn_acked(self) -> bool:
        """내 SYN이 확인되었는가."""
        return seq_lt(self.iss, self.una)

    @property
    def _fin_seq(self) -> int:
        return seq_add(self._buffer_seq, len(self._buffer))

    def write(self, data: bytes) -> int:
        """버퍼에 넣은 바이트 수를 돌려준다. 자리가 모자라면 일부만 넣는다."""
        accepted = data[: self.free]
        self._buffer += accepted
        return len(accepted)

    def queue_fin(self) -> None:
        """버퍼의 데이터를 다 보낸 뒤 FIN을 보낸다."""
        self._fin_queued = True

    # 보내기 ---------------------------------------------------------------

    def output(self, now: float) -> list[Chunk]:
        """윈도우가 허락하는 만큼 새 토막을 꺼낸다."""
        chunks = []
        while (chunk := self._next_chunk()) is not None:
            chunks.append(chunk)
            self._sent(chunk, now)
        self._manage_persist(now)
        return chunks

    def _next_chunk(self) -> Chunk | None:
        if not self.syn_acked:
            return None
        room = self.wnd - self.in_flight
        chunk = self._chunk_at(self.nxt, max(0, room))
        # FIN도 순서 번호 하나를 차지하므로 윈도우 안에 들어야 한다. 데이터가 없는 FIN은 0 윈도우에도 보낸다.
        return chunk if chunk and (chunk.payload or chunk.flags & Flags.FIN) else None

    def _chunk_at(self, seq: int, room: int) -> Chunk | None:
        """번호 `seq`에서 시작하는 가장 큰 토막. `room`은 실을 수 있는 데이터의 한도다."""
        start = seq_diff(seq, self._buffer_seq)
        payload = bytes(self._buffer[start : start + min(room, self.mss)])
        flags = Flags(0)
        end = seq_add(seq, len(payload))
        if payload and end == self._fin_seq:
            flags |= Flags.PSH
        if self._fin_queued and end == self._fin_seq:
            flags |= Flags.FIN
        return Chunk(seq, flags, payload) if payload or flags else None

    def start_syn(self, now: float) -> None:
        """SYN을 보낸 것으로 적고 재전송 타이머를 건다."""
        self._sent(Chunk(self.iss, Flags.SYN), now)

    def _sent(self, chunk: Chunk, now: float) -> None:
        length = len(chunk.payload) + bool(chunk.flags & (Flags.SYN | Flags.FIN))
        end = seq_add(chunk.seq, length)
        is_new = seq_lt(self.max_nxt, end)
        self.nxt = end
        if is_new:
            self.max_nxt = end
            if self._timed is None:
                self._timed = (end, now)
        if self.rtx_at is None:  # RFC 6298 §5.1
            self.rtx_at = now + self.estimator.rto

    def first_unacked(self) -> Chunk:
        """SND.UNA에서 시작하는 토막: 재전송할 것."""
        if not self.syn_acked:
            return Chunk(self.iss, Flags.SYN)
        chunk = self._chunk_at(self.una, min(self.mss, seq_diff(self.max_nxt, self.una)))
        assert chunk is not None
        if chunk.flags & Flags.FIN and not seq_lt(self._fin_seq, self.max_nxt):
            return Chunk(chunk.seq, chunk.flags & ~Flags.FIN, chunk.payload)
        return chunk

    # 확인응답 -------------------------------------------------------------

    def acceptable_ack(self, ack: int) -> bool:
        """새로운 것을 확인하는 ACK인가: SND.UNA < SEG.ACK ≤ SND.NXT (RFC 9293 §3.4)."""
        return seq_lt(self.una, ack) and seq_le(ack, self.max_nxt)

    def on_ack(self, ack: int, now: float, rtt: float | None = None) -> None:
        """새 데이터를 확인하는 `ack`를 반영한다. `rtt`는 타임스탬프로 잰 표본이다."""
        data_acked = max(0, min(seq_diff(ack, self._buffer_seq), len(self._buffer)))
        had_syn = not self.syn_acked
        del self._buffer[:data_acked]
        self._buffer_seq = seq_add(self._buffer_seq, data_acked)
        self.una = ack
        if seq_lt(self.nxt, ack):
            self.nxt = ack
        self._take_sample(ack, now, rtt)
        if had_syn and self.syn_retransmitted:
            self.estimator.restart_after_syn_loss()
        self.retries = 0
        # RFC 6298 §5.2, §5.3: 모두 확인되면 타이머를 끄고, 아니면 다시 시작한다.
        self.rtx_at = now + self.estimator.rto if self.in_flight else None

    def _take_sample(self, ack: int, now: float, rtt: float | None) -> None:
        if rtt is not None:
            self.estimator.sample(rtt)
            self._timed = None
        elif self._timed is not None and seq_le(self._timed[0], ack):
            self.estimator.sample(now - self._timed[1])
            self._timed = None

    def update_window(self, seq: int, ack: int, window: int) -> None:
        """더 새로운 세그먼트가 알린 윈도우만 받아들인다 (RFC 9293 §3.10.7.4)."""
        if seq_lt(self.wl1, seq) or (self.wl1 == seq and seq_le(self.wl2, ack)):
            self.wnd, self.wl1, self.wl2 = window, seq, ack
            if window:
                self.persist_at = None

    # 타이머 ---------------------------------------------------------------

    def on_timeout(self, now: float) -> Chunk:
        """재전송 타이머가 끝났다: 가장 오래된 토막을 다시 보낸다 (RFC 6298 §5.4–5.6)."""
        self.retries += 1
        self.estimator.on_timeout()
        self.rtx_at = now + self.estimator.rto
        self._timed = None  # Karn: 재전송한 것으로는 RTT를 재지 않는다 (RFC 6298 §3)
        if not self.syn_acked:
            self.syn_retransmitted = True
        return self.first_unacked()

    def _manage_persist(self, now: float) -> None:
        blocked = self.syn_acked and self.wnd == 0 and self.in_flight == 0 and self.unsent > 0
        if not blocked:
            self.persist_at = None
        elif self.persist_at is None:
            self._persist_interval = self.estimator.rto
            self.persist_at = now + self._persist_interval

    def on_persist(self, now: float) -> Chunk | None:
        """제로 윈도우 탐침: 다음 1바이트를 보내 본다 (RFC 9293 §3.8.6.1)."""
        self._persist_interval = min(self._persist_interval * 2, self.config.max_rto)
        self.persist_at = now + self._persist_interval
        probe = self._chunk_at(self.nxt, 1)
        # 상대가 버리면 다음 탐침도 같은 바이트다. SND.NXT는 두고, 확인받을 수 있는 한계만 늘린다.
        if probe is not None and seq_lt(self.max_nxt, seq_add(probe.seq, 1)):
            self.max_nxt = seq_add(probe.seq, 1)
        return probe
