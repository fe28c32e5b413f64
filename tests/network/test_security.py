"""보안 강의의 시뮬레이션: 위조 세그먼트, 번호 짐작, 포트 스캔."""

import doctest

import pytest

from tcpedu.network import forged_rst, forgeries, guessing, port_scan
from tcpedu.network.forgeries import FORGERIES, inject
from tcpedu.network.guessing import COMMAND, blind_handshake
from tcpedu.network.port_scan import verdicts
from tcpedu.protocol.isn import clock_isn, isn
from tcpedu.protocol.segment import Flags
from tcpedu.protocol.state import State


@pytest.mark.parametrize("module", [forged_rst, forgeries, guessing, port_scan])
def test_examples(module) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_what_the_rfc_says_about_each_forgery() -> None:
    """RFC 5961 §3.2, §4.2, §5.2: 꼭 맞는 RST만 끊고, 맞는 데이터만 들어간다."""
    seen = {forgery.name: inject(forgery) for forgery in FORGERIES}
    assert [name for name, one in seen.items() if not one.alive] == ["RST, RCV.NXT에 꼭 맞음"]
    assert [name for name, one in seen.items() if one.delivered] == ["데이터, seq와 ack가 맞음"]
    silent = [name for name, one in seen.items() if not one.answers]
    assert silent == [name for name in seen if name in (
        "RST, RCV.NXT에 꼭 맞음", "RST, 윈도우 바로 다음 번호", "RST, 하나 앞", "RST, 윈도우 너머",
    )]  # fmt: skip


def test_a_clock_is_predicted_and_a_keyed_hash_is_not() -> None:
    for gap in (0, 4, 1_000_003, 10**9):
        by_clock = blind_handshake(lambda four, clock: clock_isn(clock), gap_us=gap // 4 * 4)
        assert by_clock.opened and by_clock.delivered == COMMAND and by_clock.predicted == by_clock.actual
        keyed = blind_handshake(lambda four, clock: isn(four, clock, b"secret"), gap_us=gap)
        assert not keyed.opened and keyed.delivered == b""


def test_the_scan_tells_three_kinds_of_ports() -> None:
    trace = port_scan.port_scan(range(1, 9), opened=(2, 5), filtered=(3, 5))
    assert verdicts(trace) == {
        1: "닫힘", 2: "열림", 3: "걸러짐", 4: "닫힘", 5: "걸러짐", 6: "닫힘", 7: "닫힘", 8: "닫힘"
    }  # fmt: skip
    assert all(change.new is not State.ESTABLISHED for change in trace.states)  # 접속 기록에 남지 않는다


def test_the_forged_reset_is_asked_back_and_then_works() -> None:
    trace = forged_rst.forged_rst(client_isn=2**32 - 150, offset=9999)
    asked, worked = (sent for sent in trace.segments if sent.note.startswith("위조"))
    challenge = next(sent.segment for sent in trace.segments if sent.number == asked.number + 1)
    assert challenge.flags == Flags.ACK and asked.segment.seq == (challenge.ack + 9999) % 2**32
    assert trace.state_at("서버", worked.sent) is State.ESTABLISHED
    assert trace.state_at("서버", worked.sent + 0.06) is State.CLOSED
    assert trace.segments[-1].segment.has(Flags.RST) and trace.segments[-1].src == "서버"
