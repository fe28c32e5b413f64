"""시뮬레이션 속의 호스트: 연결을 찾아 세그먼트를 나눠 주는 운영체제의 몫."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import ref

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.handshake import reset_for
from tcpedu.protocol.reopening import next_iss
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import Event, State

from .endpoint import OPENED, Handler, Listener, Socket
from .owner import alive
from .packet import Ecn, Packet
from .trace import StateChange, TimerExpiry, WindowSample
from .variables import sample_variables

if TYPE_CHECKING:
    from .simulation import Simulation

_FIRST_EPHEMERAL_PORT = 50000
_ACCEPTING = (State.LISTEN, State.SYN_RCVD)
_CLOSED, _SYN_RCVD, _TIME_WAIT = State.CLOSED, State.SYN_RCVD, State.TIME_WAIT
_ESTABLISHED = State.ESTABLISHED
_UNSETTLED = (_CLOSED, State.LISTEN, State.SYN_SENT, _SYN_RCVD, _TIME_WAIT)
_CE = Ecn.CE


class Host:
    """이름과 IP 주소를 가진 컴퓨터. `Simulation.host`로 만든다."""

    def __init__(self, simulation: Simulation, name: str, ip: str) -> None:
        self._simulation = ref(simulation)
        self.name = name
        self.ip = ip
        self._sockets: dict[tuple[int, str, int], Socket] = {}  # (이쪽 포트, 상대, 상대 포트)
        self._listeners: dict[int, Listener] = {}
        self._mailboxes: dict[int, Callable[[Datagram], Any]] = {}
        self._next_port = _FIRST_EPHEMERAL_PORT
        self.endpoint: Callable[..., Any] = Connection  # 같은 약속을 지키는 다른 끝(캡스톤의 MyTcp)으로 바꿀 수 있다

    @property
    def simulation(self) -> Simulation:
        """이 호스트가 있는 시뮬레이션. 이미 없어졌으면 `ReferenceError`."""
        return alive(self._simulation)

    @property
    def sockets(self) -> list[Socket]:
        """이 호스트의 연결들. 아직 수락하지 않은 것도 들어 있다."""
        return list(self._sockets.values())

    def connect(
        self, peer: Host, port: int, *, config: Config | None = None, iss: int | None = None,
        local_port: int | None = None,
    ) -> Socket:  # fmt: skip
        """능동 개방: SYN을 보낸다. `iss`를 주지 않으면 시뮬레이션의 난수로 고른다."""
        if local_port is None:
            local_port, self._next_port = self._next_port, self._next_port + 1
        settings = replace(config or Config(), local_port=local_port, remote_port=port)
        socket = self._add(settings, iss, peer.name)
        socket.connection.open()
        self._pump(socket)
        return socket

    def listen(
        self, port: int, *, config: Config | None = None, iss: int | None = None, backlog: int | None = None,
        on_accept: Handler | None = None,
    ) -> Listener:  # fmt: skip
        """수동 개방: 이 포트로 오는 연결을 받는다. `iss`를 주면 모든 연결이 그 번호로 시작한다."""
        if port in self._listeners:
            raise ValueError(f"{self.name}의 {port}번 포트는 이미 쓰고 있습니다")
        settings = replace(config or Config(), local_port=port, remote_port=None)
        opened = StateChange(self.simulation.now, self.name, port, State.CLOSED, State.LISTEN, Event.OPEN_PASSIVE)
        self.simulation.trace.states.append(opened)
        self._listeners[port] = Listener(settings, iss, backlog, on_accept)
        return self._listeners[port]

    def send_raw(self, peer: Host, segment: Segment) -> None:
        """연결과 상관없이 세그먼트 하나를 보낸다. 오래된 중복이나 위조를 흉내 낼 때 쓴다."""
        self.simulation._transmit(self.name, peer.name, [segment])

    def bind(self, port: int, on_datagram: Callable[[Datagram], Any]) -> None:
        """이 포트로 오는 데이터그램마다 함수를 부른다. 연결이 없으므로 누가 보냈든 가리지 않는다 (RFC 768)."""
        self._mailboxes[port] = on_datagram

    def send_datagram(self, peer: Host, datagram: Datagram) -> None:
        """데이터그램 하나를 보낸다. 닿았는지는 알 수 없다."""
        self.simulation._transmit(self.name, peer.name, [datagram])  # type: ignore[list-item]

    def forget(self) -> None:
        """모든 연결을 잊는다: 전원이 나갔다 들어온 것과 같다. 상대는 아무것도 모른다."""
        for socket in self._sockets.values():
            socket.connection = Connection(socket.connection.config, iss=0)
            self._watch(socket)
        self._sockets.clear()

    def _add(self, config: Config, iss: int | None, peer: str) -> Socket:
        if iss is None:
            iss = self.simulation.rng.getrandbits(32)
        socket = Socket(self, self.endpoint(config, iss=iss), peer)
        self._sockets[config.local_port, peer, config.remote_port or 0] = socket
        return socket

    def _arrive(self, packet: Packet) -> None:
        """패킷이 도착했다: 연결을 찾아 넘긴다."""
        segment, simulation = packet.segment, self._simulation()
        assert simulation is not None  # 그 안에서 일어난 사건이다
        packet.received_after += (len(simulation.trace.segments),)
        if isinstance(segment, Datagram):
            if segment.dst_port in self._mailboxes:
                self._mailboxes[segment.dst_port](segment)
            return
        socket = self._sockets.get((segment.dst_port, packet.src, segment.src_port))
        if socket is None or not socket._settled:
            self._find_socket(socket, packet, segment)
            return
        connection = socket.connection  # 거의 언제나 이 길이다
        replies = connection.receive(segment, simulation.now, ce=packet.ecn is _CE)
        if connection.only_data:
            self._hand_data(simulation, socket, replies)
        else:
            self._follow_up(socket, replies, _ESTABLISHED)

    def _find_socket(self, socket: Socket | None, packet: Packet, segment: Segment) -> None:
        """수립되지 않았거나 끝난 연결, 듣는 포트의 몫: 새 연결을 만들거나, 물리치거나, 버린다."""
        src = packet.src
        listener = self._listeners.get(segment.dst_port)
        if socket is None:
            socket = self._new_connection(src, segment, listener)
        elif listener is not None:
            state = socket.connection.state
            if state is _CLOSED:  # 끝난 연결의 4-튜플로 온 새 SYN은 리스너의 몫이다.
                socket = self._new_connection(src, segment, listener)
            elif state is _TIME_WAIT and self._may_reopen(socket, segment):
                socket = self._reopen(socket, segment, listener)
            elif state is _SYN_RCVD and self._discard(listener, segment):
                return
        if socket is not None:
            self._deliver(socket, packet, socket.connection.state, listener)

    def _new_connection(
        self, src: str, segment: Segment, listener: Listener | None, iss: int | None = None
    ) -> Socket | None:
        if listener is None:
            reply = reset_for(segment)
            if reply is not None:
                self.simulation._transmit(self.name, src, [reply])
            return None
        if segment.has(Flags.SYN) and not segment.has(Flags.ACK) and self._discard(listener, segment):
            return None
        config = replace(listener.config, remote_port=segment.src_port)
        socket = self._add(config, listener.iss if iss is None else iss, src)
        socket.connection.listen()
        socket._logged = len(socket.connection.changes)  # LISTEN은 `listen`할 때 이미 적었다
        return socket

    @staticmethod
    def _may_reopen(socket: Socket, segment: Segment) -> bool:
        return socket.connection.config.reopen_time_wait and socket.connection.reopens(segment)

    def _reopen(self, old: Socket, segment: Segment, listener: Listener) -> Socket | None:
        """TIME_WAIT를 끝내고 새 연결을 연다. 새 ISS는 앞 연결이 쓴 번호보다 크다 (RFC 9293 §3.6.1 MAY-2)."""
        socket = self._new_connection(old.peer, segment, listener, next_iss(old.connection.snd_nxt))
        if socket is not None:
            old.connection.abort()  # TIME_WAIT에서는 아무것도 보내지 않는다
            self._log_states(old)
        return socket

    def _discard(self, listener: Listener, segment: Segment) -> bool:
        if listener.full and not segment.has(Flags.RST):
            listener.discarded += 1
            self.simulation.trace.annotate(segment, "큐가 차서 버림")
            return True
        return False

    def _deliver(self, socket: Socket, packet: Packet, was: State, listener: Listener | None = None) -> None:
        """`was` 상태인 연결에 패킷을 넘긴다. 그것으로 수립되면 `listener`가 수락한다."""
        connection = socket.connection
        replies = connection.receive(packet.segment, self.simulation.now, ce=packet.ecn is _CE)
        self._follow_up(socket, replies, was, listener)

    def _follow_up(self, socket: Socket, replies: list[Segment], was: State, listener: Listener | None = None) -> None:
        """패킷 하나를 받은 뒤: 답을 내보내고, 응용 프로그램에 알리고, 타이머를 건다."""
        connection = socket.connection
        if socket.piggyback and replies:
            socket._held = replies
        else:
            self._send(socket, replies)
        if listener is not None and was in _ACCEPTING and connection.state in OPENED:
            listener._established(socket)
        socket._react(was)
        if socket._unsent:
            self._refill(socket)
        if connection.called or socket._held:
            self._pump(socket)
        else:
            self._arm(socket, connection.next_timer())  # 응용 프로그램이 한 일이 없다: 나갈 것은 `receive`가 내보냈다

    def _hand_data(self, simulation: Simulation, socket: Socket, replies: list[Segment]) -> None:
        """데이터를 받았을 뿐이다: 상태와 송신 변수는 살피지 않고, 새로 걸렸을 타이머도 지연 ACK뿐이다."""
        connection, trace = socket.connection, simulation.trace
        if socket.piggyback and replies:
            socket._held = replies
        else:
            if replies:
                simulation._transmit(self.name, socket.peer, replies, socket._ecn)
            if len(trace.variables) < trace.watch:
                self._watch(socket)
        if socket.auto_read:
            socket._read_all()
        if connection.called or socket._held:
            self._pump(socket)
        elif not replies:
            self._arm(socket, connection.delayed_ack())

    @staticmethod
    def _refill(socket: Socket) -> None:
        """송신 버퍼에 난 자리를 채운다."""
        if socket.connection.state is _CLOSED:
            socket._unsent.clear()  # 끊겼다: 남은 것은 갈 곳이 없다
            return
        socket._feed()
        if not socket._unsent and socket.on_writable:
            socket.on_writable(socket)

    def _pump(self, socket: Socket) -> None:
        """나갈 것을 내보내고 다음 타이머를 건다."""
        connection, now = socket.connection, self.simulation.now
        at = now if connection.called or socket._held else connection.next_timer()
        if at is not None and at <= now:
            self._send(socket, connection.poll(now))
            at = connection.next_timer()
        self._arm(socket, at)

    def _arm(self, socket: Socket, at: float | None) -> None:
        """가장 이른 타이머를 사건으로 건다.

        뒤로 미뤄진 타이머는 그냥 둔다: 걸어 둔 사건이 일어날 때 다시 건다. ACK마다 사건을 하나씩 쌓지 않는다.
        """
        if at is not None and (socket._timer_at is None or at < socket._timer_at):
            socket._timer_at = at
            self.simulation.at(at, self._timer, socket, at)

    def _timer(self, socket: Socket, at: float) -> None:
        if socket._timer_at != at:
            return  # 더 이른 타이머가 대신했다
        socket._timer_at = None
        due = socket.connection.next_timer()
        if due is not None and due <= at:
            self.simulation.trace.timers.append(TimerExpiry(at, self.name, socket.port))
            self._pump(socket)
        else:
            self._arm(socket, due)

    def _send(self, socket: Socket, segments: list[Segment]) -> None:
        """상태 변화와 송신 변수의 변화를 적고 세그먼트를 내보낸다."""
        connection, simulation = socket.connection, self.simulation
        if len(connection.changes) > socket._logged:
            self._log_states(socket)
        if socket._held:
            segments, socket._held = merge_acks(socket._held, segments), []
        if segments:
            simulation._transmit(self.name, socket.peer, segments, socket._ecn)
        limits = connection.sending_limits
        if limits != socket._sampled:
            socket._sampled = limits
            self._sample(simulation, socket, limits)
        trace = simulation.trace
        if len(trace.variables) < trace.watch:
            self._watch(socket)

    def _log_states(self, socket: Socket) -> None:
        connection = socket.connection
        changes = connection.changes[socket._logged :]
        socket._logged += len(changes)
        socket._settled, socket._ecn = connection.state not in _UNSETTLED, connection.negotiated.ecn
        for event, old, new in changes:
            self.simulation.trace.states.append(
                StateChange(self.simulation.now, self.name, socket.port, old, new, event, socket.peer)
            )

    def _watch(self, socket: Socket) -> None:
        """순서 번호나 타이머가 바뀌었으면 적는다. 큰 전송이 느려지지 않게 처음 `trace.watch`번까지만이다."""
        trace = self.simulation.trace
        if len(trace.variables) < trace.watch:
            sample = sample_variables(socket.connection, self.simulation.now, self.name, socket.peer)
            if sample.values != socket._watched:
                socket._watched = sample.values
                trace.variables.append(sample)

    def _sample(self, simulation: Simulation, socket: Socket, limits: tuple[int, float, float]) -> None:
        """혼잡 윈도우나 RTO가 바뀐 순간을 적는다."""
        connection, (cwnd, ssthresh, rto) = socket.connection, limits
        phase = connection.phase._name_  # name은 부를 때마다 찾는 속성이라 느리다
        # ACK마다 지나는 길이다: 칸마다 이름을 대는 생성자보다 튜플을 바로 옮기는 것이 빠르다.
        sample = (
            simulation.now, self.name, connection.config.local_port, socket.peer, cwnd, ssthresh, phase,
            connection.in_flight, connection.snd_wnd, connection.srtt, rto,
        )  # fmt: skip
        simulation.trace.windows.append(WindowSample._make(sample))


def merge_acks(held: list[Segment], segments: list[Segment]) -> list[Segment]:
    """붙들어 둔 순수 ACK는, 같은 ACK를 실은 세그먼트가 바로 뒤따르면 보내지 않는다."""
    pure = held and held[-1].flags == Flags.ACK and not held[-1].payload
    if segments and pure and segments[0].has(Flags.ACK) and segments[0].ack == held[-1].ack:
        return held[:-1] + segments
    return held + segments
