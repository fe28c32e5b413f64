"""순서 번호 고리의 말: 번호 하나가 어디에 있는지, 조각을 넣어 무슨 일이 있었는지."""

from __future__ import annotations

from tcpedu.network.pointers import Pointers
from tcpedu.network.sequence_space import Inserted, Judgement
from tcpedu.protocol.seqnum import seq_add

from .words import segment_label

FACTS = (
    ("기준에서의 거리", "distance"), ("seq_lt(번호, 기준)", "less"), ("보통의 번호 < 기준", "naive"),
    ("송신 윈도우", "in-send"), ("이 번호의 ACK", "ack"), ("수신 윈도우", "in-receive"), ("절대 번호", "absolute"),
)  # fmt: skip
NUMBERS = (
    ("SND.UNA", "v-una"), ("SND.NXT", "v-nxt"), ("SND.WND", "v-wnd"), ("RCV.NXT", "v-rcv"), ("RCV.WND", "v-rcv-wnd"),
    ("빈틈 뒤의 조각", "v-blocks"), ("ISN", "v-isn"),
)  # fmt: skip
LEGEND = (
    ("acked", "확인된 것"), ("flight", "나가 있는 것"), ("usable", "더 보낼 수 있는 것"),
    ("received", "순서대로 받은 것"), ("window", "수신 윈도우"), ("block", "빈틈 뒤에 보관한 것"),
)  # fmt: skip


def values(at: Pointers) -> dict[str, str]:
    """번호들의 값."""
    blocks = ", ".join(f"{left}–{seq_add(right, -1)}" for left, right in at.blocks)
    return {
        "v-una": str(at.snd_una), "v-nxt": str(at.snd_nxt), "v-wnd": f"{at.snd_wnd}바이트",
        "v-rcv": "모름" if at.rcv_nxt is None else str(at.rcv_nxt), "v-rcv-wnd": f"{at.rcv_wnd}바이트",
        "v-blocks": blocks or "없음", "v-isn": str(at.isn),
    }  # fmt: skip


def verdicts(found: Judgement, at: Pointers) -> dict[str, str]:
    """고른 번호에 대해 알 수 있는 것. ✓와 ✕가 있어 색이 없어도 읽힌다."""
    inside = {True: "안 ✓", False: "밖 ✕"}
    return {
        "distance": _distance(found), "less": _truth(found.before),
        "naive": f"{_truth(found.naive)} " + ("✕ 틀림" if found.misled else "✓ 같음"),
        "in-send": inside[found.in_send_window],
        "in-receive": "모름" if at.rcv_nxt is None else inside[found.in_receive_window],
        "ack": "새로운 것을 확인함 ✓" if found.acceptable_ack else "새로 확인하는 것 없음 ✕",
        "absolute": f"{found.absolute} (SYN이 0)",
    }  # fmt: skip


def _truth(value: bool) -> str:
    return "참" if value else "거짓"


def _distance(found: Judgement) -> str:
    if found.opposite:
        return "정확히 반 바퀴: 앞뒤를 정할 수 없음"
    if not found.distance:
        return "0 (같음)"
    return f"{found.distance:+} ({'뒤' if found.distance > 0 else '앞'})".replace("-", "−")


def sentence(point: int, name: str, reference: int, found: Judgement, at: Pointers) -> str:
    """고른 번호가 어디인지 한 문장으로."""
    where = f"기준 {name}({reference})" + (
        "에서 정확히 반 바퀴" if found.opposite
        else "과 같은 번호" if not found.distance
        else f"보다 {abs(found.distance)}만큼 {'뒤' if found.distance > 0 else '앞'}"
    )  # fmt: skip
    naive = ", 보통의 <는 틀림" if found.misled else ""
    sides = [f"송신 윈도우 {'안' if found.in_send_window else '밖'}"]
    if at.rcv_nxt is not None:
        sides.append(f"수신 윈도우 {'안' if found.in_receive_window else '밖'}")
    return f"고른 번호 {point}: {where}{naive}. {', '.join(sides)}."


def numbers_text(at: Pointers) -> str:
    """번호들을 한 줄로."""
    known = values(at)
    return ", ".join(f"{name} {known[key]}" for name, key in NUMBERS)


def happened(at: Pointers) -> str:
    """그 순간에 떠났거나 닿은 세그먼트."""
    if at.packet is None:
        return ""
    what = f"{at.packet.number}번 {segment_label(at.packet.segment)}"
    return f"{what}: {at.packet.dst}에 닿았습니다." if at.arrived else f"{what}: {at.packet.src}에서 떠났습니다."


def told(piece: Inserted) -> str:
    """조각을 넣은 결과를 한 문장으로."""
    what = f"{piece.seq}부터 {piece.length}바이트: "
    if piece.old:
        return what + "모두 이미 받은 것입니다. 되풀이된 조각은 버립니다."
    if not piece.acceptable:
        return what + "수신 윈도우 밖이라 버립니다."
    if piece.fresh:
        return what + f"순서가 맞은 {piece.fresh}바이트를 응용 프로그램이 읽었습니다."
    if piece.kept:
        return what + f"앞에 빈틈이 있어 {piece.kept}바이트를 보관합니다."
    return what + "이미 보관한 것과 겹쳐 새로 보관할 것이 없습니다."
