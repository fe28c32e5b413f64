"""데이터그램의 사다리: 연결이 없으니 상태와 변수를 보이지 않는다."""

from __future__ import annotations

from conftest import output

CELLS = (
    "from tcpedu.network.letters import Road, by_datagram, by_stream\nfrom tcpedu.view import LadderPlayer",
    "LadderPlayer(lambda drops, delays: by_datagram('소중한', Road(drops=drops, delays=delays)).trace)",
    "LadderPlayer(by_stream('소중한').trace)",
)


def test_no_variables_without_a_connection(notebook):
    page = notebook("datagrams", *CELLS)
    udp, tcp = output(page, 1), output(page, 2)
    tcp.locator(".vars").nth(1).wait_for()
    assert udp.locator(".vars").count() == 0 and tcp.locator(".vars").count() == 2
    udp.locator('.segment[data-number="2"] .hit').click(force=True)
    udp.locator(".segment.lost").wait_for()
    assert udp.locator(".segment").count() == 3 and udp.locator(".vars").count() == 0
    udp.locator("button.back").click()  # 상태가 없어도 한 단계씩 움직인다
    assert page.errors == []
