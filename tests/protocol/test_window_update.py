"""어느 세그먼트가 알린 윈도우를 믿을까 (RFC 9293 §3.10.7.4의 SND.WL1, SND.WL2)."""

from hand import IRS, ISS, ack, reach, seg, sent

from tcpedu.protocol.state import State


def test_a_retransmitted_segment_with_a_newer_ack_updates_the_window() -> None:
    """상대가 다시 보낸 앞 번호의 세그먼트가 새 ACK를 싣고 왔다. 그 윈도우를 버리면 상대의 윈도우를 넘겨 보낸다."""
    connection = reach(State.ESTABLISHED, mss=100, initial_window=1000)
    connection.receive(seg("", IRS + 11, ack=ISS + 1, window=200), 0.2)  # 앞의 10바이트를 잃었다
    connection.write(bytes(1000))
    assert sent(connection.poll(0.3)) == [(0, 100), (100, 100)]
    out = connection.receive(seg("", IRS + 1, ack=ISS + 101, data=b"0123456789", window=100), 0.4)
    assert (connection.snd_wnd, sent(out)) == (100, [])


def test_an_older_ack_does_not() -> None:
    connection = reach(State.ESTABLISHED, mss=100, initial_window=1000)
    connection.receive(ack(0, window=200), 0.2)
    connection.write(bytes(1000))
    connection.poll(0.3)
    connection.receive(ack(100, window=500), 0.4)
    connection.receive(ack(0, window=900), 0.5)  # 늦게 온 옛 ACK
    assert connection.snd_wnd == 500
