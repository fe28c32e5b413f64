"""헤더 예측은 빠를 뿐이다: 무엇이 오든 정해진 차례로 본 것과 같은 상태와 같은 답을 낸다 (RFC 9293 §3.10.7.4)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tcpedu.protocol import connection as connection_module
from tcpedu.protocol.arrival_fast import take_predicted
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection, ConnectionClosedError
from tcpedu.protocol.options import NOP, Option, stamped
from tcpedu.protocol.profiles import LINUX
from tcpedu.protocol.segment import Flags, Sack, Segment, Timestamps
from tcpedu.protocol.state import State

STAMPED = Config(80, window_scale=5, sack=True, timestamps=True, receive_buffer=1 << 17)
CONFIGS = [
    Config(80), STAMPED, replace(LINUX, local_port=80), replace(STAMPED, ecn=True), replace(STAMPED, keepalive=2.0),
    replace(STAMPED, loss_detection="rack", recovery="prr"), Config(80, receive_buffer=300, mss=100, delayed_ack=0.0),
]  # fmt: skip


def established(config: Config) -> Connection:
    """1초에 수립된 서버. 순서 번호는 곧 한 바퀴를 돈다."""
    client = Connection(replace(config, local_port=50000, remote_port=80), iss=2**32 - 200)
    server = Connection(config, iss=2**32 - 300)
    client.open()
    server.listen()
    (syn,) = client.poll(1.0)
    (syn_ack,) = server.receive(syn, 1.0)
    (ack,) = client.receive(syn_ack, 1.0)
    server.receive(ack, 1.0)
    assert server.state is State.ESTABLISHED
    return server


def everything(value: Any, seen: dict[int, int] | None = None) -> Any:
    """연결이 가리키는 것을 모두, 견줄 수 있는 값으로."""
    seen = {} if seen is None else seen
    if isinstance(value, (int, float, str, bytes, bytearray, Enum, type, type(None))):
        return value
    if isinstance(value, Config):
        return "설정"
    if id(value) in seen:
        return f"{seen[id(value)]}번째에 본 것"
    seen[id(value)] = len(seen)
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()) if hasattr(value, name)]
    fields = {name: getattr(value, name) for name in slots} | getattr(value, "__dict__", {})
    fields |= value if isinstance(value, dict) else {}
    items = [] if fields or not hasattr(value, "__iter__") else [everything(item, seen) for item in value]
    return type(value).__name__, {name: everything(item, seen) for name, item in fields.items()}, items


def receive_both(connection: Connection, segment: Segment, now: float, ce: bool) -> bool:
    """두 길로 받아 모두 같은지 본다. 예측한 세그먼트였으면 참."""
    ordered, predicted = deepcopy(connection), []
    before = len(connection.changes), connection.sending_limits

    def watched(*args: Any) -> bool | None:
        may_send = take_predicted(*args)
        predicted.append(may_send is not None)
        return may_send

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection_module, "take_predicted", lambda *args: None)
        expected = ordered.receive(segment, now, ce=ce)
        patch.setattr(connection_module, "take_predicted", watched)
        assert connection.receive(segment, now, ce=ce) == expected
    if connection.only_data:  # 호스트가 상태와 송신 변수를 살피지 않는다
        assert (len(ordered.changes), ordered.sending_limits) == before
    ordered.only_data = connection.only_data
    assert everything(connection) == everything(ordered)
    return any(predicted)


def options(stamp: Timestamps, kind: str) -> tuple[Option, ...]:
    sack = Sack(((stamp.value % 1000, stamp.value % 1000 + 50),))
    return {
        "usual": stamped(stamp.value, stamp.echo), "plain": (NOP, NOP, stamp), "none": (),
        "bare": (stamp,), "sack": (NOP, NOP, stamp, NOP, NOP, sack),
        "sack only": (NOP, NOP, sack), "two": (Timestamps(0, 0), NOP, stamp),
    }[kind]  # fmt: skip


@st.composite
def arrivals(draw: st.DrawFn, connection: Connection, now: float) -> Segment:
    """지금 올 법한 세그먼트에서 두 곳까지 어긋난 것."""
    astray = draw(st.sets(st.sampled_from(["seq", "ack", "flags", "window", "clock", "options"]), max_size=2))

    def pick(name: str, usual: list[Any], odd: list[Any]) -> Any:
        return draw(st.sampled_from(odd if name in astray else usual))

    flight, tick = connection.snd_nxt - connection.snd_una, int(now * 1000)
    seq = (connection.rcv_nxt or 0) + pick("seq", [0], [-150, -1, 1, 100, 70000])
    ack = connection.snd_una + pick("ack", [0, min(flight, 100), flight], [flight + 1, -1, -70000])
    flags = Flags(pick("flags", [16, 16, 24], [0, 1, 2, 4, 17, 18, 20, 48, 80, 144]))
    stamp = Timestamps((tick + pick("clock", [0], [1, -1, 1 << 31])) % 2**32, draw(st.sampled_from([0, 1000, tick])))
    usual = "usual" if connection.negotiated.timestamps else "none"
    kind = pick("options", [usual], ["usual", "plain", "none", "bare", "sack", "sack only", "two"])
    payload, window = bytes(draw(st.sampled_from([0, 1, 100, 1460]))), pick("window", [4096], [0, 100, 65535])
    return Segment(50000, 80, seq % 2**32, ack % 2**32, flags, window, 0, options(stamp, kind), payload)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CONFIGS), st.data())
def test_a_predicted_segment_does_what_the_ordered_steps_do(config: Config, data: st.DataObject) -> None:
    connection, now, hits = established(config), 1.0, 0
    for _ in range(data.draw(st.integers(1, 12))):
        now += data.draw(st.sampled_from([0.0, 0.001, 0.05, 3.0]))
        match data.draw(st.sampled_from(["arrive"] * 8 + ["write", "write", "read", "poll", "poll", "close"])):
            case "arrive":
                hits += receive_both(connection, data.draw(arrivals(connection, now)), now, data.draw(st.booleans()))
            case "read":
                connection.read(50)
            case "poll":
                connection.poll(now)
            case call:
                try:
                    connection.write(bytes(3000)) if call == "write" else connection.close()
                except ConnectionClosedError:
                    return
    event(f"예측한 것 {min(hits, 3)}개")


def wish(connection: Connection, **changes: Any) -> Segment:
    usual = stamped(1000, 1000)
    data = Segment(50000, 80, connection.rcv_nxt or 0, connection.snd_una, Flags.ACK, 4096, 0, usual, bytes(100))
    return replace(data, **changes)


@pytest.mark.parametrize("ce", [False, True])
def test_next_data_and_new_acks_are_predicted(ce: bool) -> None:
    connection = established(STAMPED)
    connection.write(bytes(5000))
    connection.poll(1.0)
    assert receive_both(connection, wish(connection), 1.01, ce)
    assert receive_both(connection, wish(connection, flags=Flags.ACK | Flags.PSH), 1.02, ce)
    assert receive_both(connection, wish(connection, ack=(connection.snd_una + 1448) % 2**32, payload=b""), 1.1, ce)
    assert receive_both(connection, wish(connection, ack=connection.snd_nxt, window=1), 1.2, ce)
    assert (connection.in_flight, connection.readable, connection.snd_wnd) == (0, 300, 32)


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": b""}, {"flags": Flags.ACK | Flags.FIN}, {"flags": Flags.RST}, {"flags": Flags.SYN | Flags.ACK},
        {"flags": Flags.ACK | Flags.ECE}, {"seq": 0}, {"ack": 5000}, {"options": ()}, {"payload": bytes(1 << 17)},
        {"options": stamped(900, 1000)}, {"options": (NOP, NOP, Sack(((1, 2),)))},
    ],
)  # fmt: skip
def test_anything_else_is_seen_in_order(changes: dict[str, Any]) -> None:
    connection = established(STAMPED)
    assert not receive_both(connection, wish(connection, **changes), 1.01, ce=False)


@pytest.mark.parametrize("changes", [{"ecn": True}, {"keepalive": 2.0}, {"undo": True}, {"frto": True}])
def test_connections_with_more_to_watch_are_not_predicted(changes: dict[str, Any]) -> None:
    connection = established(replace(STAMPED, **changes))
    assert not receive_both(connection, wish(connection), 1.01, ce=True)


def test_a_predicted_segment_answers_the_window_probes() -> None:
    connection = established(STAMPED)
    receive_both(connection, wish(connection, window=0), 1.01, ce=False)
    connection.write(bytes(100))
    connection.poll(1.01)
    connection.poll(2.5)
    assert connection._tcb.sender.persist.probes == 1
    assert receive_both(connection, wish(connection, window=0, options=stamped(2500, 0)), 2.6, ce=False)
    assert connection._tcb.sender.persist.probes == 0
