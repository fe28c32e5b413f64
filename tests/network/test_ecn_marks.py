"""CE 하나가 ECE와 CWR로 돌아오는 길 (RFC 3168 §6.1)."""

from __future__ import annotations

import pytest

from tcpedu.network.ecn_marks import ecn_flags, marked_transfer
from tcpedu.network.flow import follow
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.setup import CLIENT, SERVER

COLUMNS = ("number", "sender", "time", "flags", "seq", "ack", "length", "ecn", "arrived")


def flags(trace, sender, name):
    return [sent.number for sent in trace.segments if sent.src == sender and name in str(sent.segment.flags)]


@pytest.mark.parametrize("marks", [[4], [5], [5, 6], [4, 5, 6, 7]])
@pytest.mark.parametrize("window", [3, 4, 6])
def test_one_window_of_marks_reduces_once(marks, window):
    """RFC 3168 §6.1.2: 한 윈도우의 표시에는 한 번만 줄인다. 줄일 때까지 보낸 것을 꼭 다 확인한 ACK의 ECE에도 그렇다."""
    trace = marked_transfer(marks=marks, segments=30, window=window)
    assert len(flags(trace, CLIENT, "CWR")[1:]) == 1  # 처음 것은 SYN이다
    thresholds = [sample.ssthresh for sample in trace.windows if sample.host == CLIENT]
    assert len(set(thresholds)) == 2  # 무한대에서 한 번


def test_the_echo_lasts_until_the_sender_says_it_has_reduced():
    """RFC 3168 §6.1.3: CE가 온 뒤의 ACK마다 ECE가 있고, CWR이 온 다음의 ACK부터 없다."""
    trace = marked_transfer(marks=[5], segments=12)
    (cwr,) = flags(trace, CLIENT, "CWR")[1:]
    told = trace.segments[cwr - 1].arrived
    marked = trace.segments[4].arrived
    acks = [sent for sent in trace.segments if sent.src == SERVER and sent.number > 2]
    for sent in acks:
        assert ("ECE" in str(sent.segment.flags)) == (marked <= sent.sent < told)


def test_a_second_window_reduces_again():
    trace = marked_transfer(marks=[5, 20], segments=30)
    assert len(flags(trace, CLIENT, "CWR")[1:]) == 2


def test_without_agreement_nothing_is_marked():
    """RFC 3168 §6.1.1: 두 쪽이 모두 켜야 한다. 한쪽만 켜면 ECT로 보내지 않으므로 표시할 수도 없다."""
    for ecn in ((True, False), (False, True)):
        trace = marked_transfer(marks=[5], ecn=ecn)
        assert {sent.ecn.name for sent in trace.segments} == {"NOT_ECT"}
        assert follow(trace, CLIENT).count("ecn") == 0


@pytest.mark.parametrize("marks", [[4], [6], [5, 6], [5, 17]])
def test_the_rule_fills_every_flag_as_the_endpoints_did(marks):
    trace = marked_transfer(marks=marks, segments=14, client_isn=2**32 - 5000, server_isn=7)  # 도중에 0을 지난다
    table = PacketTable.of(trace, columns=COLUMNS)
    plain = {"ACK", "ECE,ACK", "CWR,ACK"}
    hidden = {(row["number"], "flags") for row in table.rows if row["number"] > 3 and row["flags"] in plain}
    assert ecn_flags(table.blanked(hidden)) == table.filled()
    assert {table.value(cell) for cell in hidden} == plain


def test_the_table_shows_the_ecn_field_as_the_receiver_saw_it():
    table = PacketTable.of(marked_transfer(marks=[5]), columns=COLUMNS)
    assert [row["ecn"] for row in table.rows[:5]] == ["Not-ECT"] * 3 + ["ECT(0)", "CE"]


@pytest.mark.parametrize(("drops", "kind"), [([8], "fast retransmit"), (range(8, 14), "timeout")])
def test_a_loss_is_announced_too(drops, kind):
    """RFC 3168 §6.1.2: 손실이나 타임아웃으로 줄여도 다음 새 데이터에 CWR이 있다. 표시로 줄인 것으로 세지 않는다."""
    trace = marked_transfer(marks=[], drops=drops, segments=40, window=6)
    cwr = [sent for sent in trace.segments if "CWR" in str(sent.segment.flags) and sent.number > 1]
    lost_at = min(event.time for event in follow(trace).events if event.kind == kind)
    later = [sent for sent in trace.segments if sent.src == CLIENT and sent.sent >= lost_at and sent.segment.payload]
    new = next(sent for sent in later if not sent.note.startswith("재전송"))
    assert [sent.number for sent in cwr] == [new.number]
    assert "ecn" not in {event.kind for event in follow(trace).events}


def test_without_agreement_a_loss_is_not_announced():
    trace = marked_transfer(marks=[], drops=[8], segments=40, window=6, ecn=(True, False))
    assert flags(trace, CLIENT, "CWR") == [1]
