"""흐름 제어 그림의 말: 순간마다 일어난 일과 두 쪽의 수."""

from __future__ import annotations

from tcpedu.network.analysis import Mark
from tcpedu.network.flow_control import CLIENT, FlowRun, Moment
from tcpedu.network.packet import Packet

from .words import duration, josa

SENDER = (
    ("확인된 것", "n-acked", "acked"), ("나가 있는 것", "n-flight", "flight"),
    ("더 보낼 수 있는 것", "n-usable", "usable"), ("윈도우 밖의 데이터", "n-outside", "outside"),
    ("SND.WND", "n-wnd", ""), ("헤더의 윈도우 값", "n-field", ""), ("지속 타이머", "n-persist", ""),
)  # fmt: skip
RECEIVER = (
    ("응용이 읽은 것", "n-read", "read"), ("받았지만 읽지 않은 것", "n-unread", "unread"),
    ("빈틈 뒤에 보관한 것", "n-blocks", "block"), ("남은 윈도우 RCV.WND", "n-free", "free"),
    ("알리지 않은 빈자리", "n-hidden", ""), ("RCV.NXT", "n-rcv", ""),
)  # fmt: skip
CHART = (
    ("line-window", "SND.WND"), ("flight", "나가 있는 것"), ("probe", "▼ 제로 윈도우 탐침"),
    ("update", "◆ 윈도우 갱신"),
)  # fmt: skip
TELLING = {Mark.ZERO_WINDOW, Mark.ZERO_WINDOW_PROBE, Mark.WINDOW_UPDATE}
_SAID = {
    Mark.ZERO_WINDOW: "제로 윈도우를 알리는 ACK가 닿았습니다",
    Mark.ZERO_WINDOW_PROBE: "지속 타이머가 끝나 제로 윈도우 탐침을 보냈습니다",
    Mark.WINDOW_UPDATE: "윈도우 갱신이 닿았습니다",
    Mark.WINDOW_FULL: "보내는 쪽이 윈도우를 꽉 채웠습니다",
}


def numbers(at: Moment, buffer: int) -> dict[str, str]:
    """두 쪽의 수."""
    sender, receiver = at.sender, at.receiver
    value, shift = at.window_field
    field = f"{value} × 2^{shift} = {value << shift}" if shift else f"{value} (그대로)"
    sizes = {
        "n-acked": sender.acked, "n-flight": sender.flight, "n-usable": sender.usable, "n-outside": sender.outside,
        "n-wnd": sender.snd_wnd, "n-read": receiver.consumed, "n-unread": receiver.readable,
        "n-blocks": receiver.waiting_size, "n-free": receiver.rcv_wnd, "n-hidden": receiver.hidden(buffer),
    }  # fmt: skip
    persist = "멈춤" if sender.persist_at is None else f"{duration(sender.persist_at)}에 끝남"
    return {
        **{key: f"{size}바이트" for key, size in sizes.items()}, "n-field": field, "n-persist": persist,
        "n-rcv": "모름" if receiver.rcv_nxt is None else str(receiver.rcv_nxt),
    }  # fmt: skip


def happened(at: Moment) -> str:
    """그 순간에 일어난 일을 문장으로."""
    said = [_SAID[mark] for mark in dict.fromkeys(at.marks) if mark in _SAID]
    sent, data = at.carried
    if sent and Mark.ZERO_WINDOW_PROBE not in at.marks:
        said.append(f"데이터 {sent}바이트를 보냈습니다")
    if data:
        said.append(f"받는 쪽에 데이터 {data}바이트가 닿았습니다")
    elif any(packet.src == CLIENT for packet in at.arrived):
        said.append("받는 쪽에 데이터가 없는 세그먼트가 닿았습니다")
    if at.read:
        said.append(f"응용 프로그램이 {at.read}바이트를 읽었습니다")
    said += [f"받는 쪽이 {josa(_ack(packet), '을')} 보냈습니다" for packet in at.sent if packet.src != CLIENT]
    if not any(mark in _SAID for mark in at.marks):
        said += [f"{josa(_ack(packet), '이')} 닿았습니다" for packet in at.arrived if packet.src != CLIENT]
    return ". ".join(said) + "." if said else ""


def _ack(packet: Packet) -> str:
    return f"{packet.segment.flags} {packet.segment.ack}, 윈도우 {packet.segment.window}"


def summary(run: FlowRun) -> str:
    """돌려 본 것 전체를 한 문장으로."""
    last = run.moments[-1]
    done = last.receiver.consumed >= run.settings.size
    when = duration(last.time)
    how = f"{when}에 모두 읽었다" if done else f"{when}까지 {last.receiver.consumed}바이트만 읽었다"
    return (
        f"{run.settings.size}바이트를 보내고 {how}. 윈도우가 {run.closings}번 닫혔고"
        f" 탐침이 {run.count(Mark.ZERO_WINDOW_PROBE)}번, 윈도우 갱신이 {run.count(Mark.WINDOW_UPDATE)}번 있었다."
    )
