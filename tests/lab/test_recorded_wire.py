"""기록으로 이어진 전선: 무엇을 내주고, 무엇을 거절하고, 무엇을 알려 주는가."""

import gzip
from dataclasses import replace
from importlib.resources import files

import pytest

from tcpedu.lab.exchange import REQUEST, fetch, serve
from tcpedu.lab.ip import parse
from tcpedu.lab.kernel_lab import KernelLabError
from tcpedu.lab.recorded_wire import RecordedWire, RecordingError
from tcpedu.lab.recording import Recording
from tcpedu.lab.scenes import ISS, SCENES, Scene, SceneWire, open_wire
from tcpedu.lab.wire import WireTimeoutError
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection

FETCH, SERVE = SCENES["fetch"].config, SCENES["serve"].config


def talk(wire: SceneWire, config: Config | None = None, iss: int = ISS) -> bytes:
    """장면의 대화를 하고, 응답을 받은 쪽이 받은 것을 돌려준다."""
    endpoint = Connection(config or wire.scene.config, iss=iss)
    if wire.scene.kernel == "server":
        return fetch(endpoint, wire)
    assert serve(endpoint, wire, lambda request: wire.scene.response) == REQUEST
    return wire.peer_received()


@pytest.mark.parametrize("name", SCENES)
def test_the_same_connection_repeats_the_recording(name: str) -> None:
    with open_wire(name, "recorded") as wire:
        assert talk(wire) == wire.scene.response
        assert wire.departure is None
        assert not wire.live and wire.label.startswith("기록 (리눅스 ")
        assert wire.reason and wire.lab is None


@pytest.mark.parametrize("name", SCENES)
def test_every_segment_of_the_kernel_is_handed_out_in_order(name: str) -> None:
    recording = Recording.load(name)
    recorded = [one.segment for _, data in recording.packets if (one := parse(data)).src == recording.peer]
    with open_wire(name, "recorded") as wire:
        talk(wire)
    assert [sent.segment for sent in wire.trace.segments if sent.src == "커널"] == recorded


def test_a_recording_is_the_same_every_time() -> None:
    def once() -> str:
        with open_wire("serve_lossy", "recorded") as wire:
            talk(wire)
            return wire.trace.to_text(korean=True)

    assert once() == once()


def test_losses_are_repaired_in_the_recordings_too() -> None:
    for name in ("fetch_lossy", "serve_lossy"):
        with open_wire(name, "recorded") as wire:
            talk(wire)
        assert sum(sent.dropped is not None for sent in wire.trace.segments) == 3
        assert sum(sent.note == "재전송" for sent in wire.trace.segments) >= 3


def test_the_order_is_mixed_in_its_recording() -> None:
    with open_wire("fetch_reordered", "recorded") as wire:
        talk(wire)
    data = [sent for sent in wire.trace.segments if sent.src == "커널" and sent.segment.payload]
    by_arrival = sorted(data, key=lambda sent: sent.arrived)
    assert by_arrival.index(data[2]) > 2 and by_arrival.index(data[8]) > 8


def test_the_window_closes_in_its_recording() -> None:
    with open_wire("zero_window", "recorded") as wire:
        talk(wire)
    assert any(sent.segment.window == 0 for sent in wire.trace.segments if sent.src == "커널")


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("fetch_lossy", replace(FETCH, delayed_ack=0)),
        ("fetch_lossy", replace(FETCH, sack=True, timestamps=True, window_scale=2)),
        ("serve", replace(SERVE, delayed_ack=0)),
    ],
)
def test_another_connection_goes_on_but_the_departure_is_told(name: str, config: Config) -> None:
    with open_wire(name, "recorded") as wire:
        assert talk(wire, config) == wire.scene.response
        assert wire.departure is not None
        assert "번째로 보낸 세그먼트부터 기록과 다릅니다" in wire.departure and "기록대로만" in wire.departure


@pytest.mark.parametrize(
    ("config", "iss", "words"),
    [
        (replace(FETCH, local_port=50001), ISS, "src_port=50000인데 50001"),
        (replace(FETCH, remote_port=8000), ISS, "dst_port=80인데 8000"),
        (FETCH, 7, "seq=1000인데 7"),
    ],
)
def test_another_beginning_is_refused(config: Config, iss: int, words: str) -> None:
    with open_wire("fetch", "recorded") as wire, pytest.raises(RecordingError, match=words):
        talk(wire, config, iss)


def test_the_kernel_never_saw_another_request() -> None:
    with open_wire("fetch", "recorded") as wire, pytest.raises(RecordingError, match="데이터가 기록과 다릅니다"):
        fetch(Connection(FETCH, iss=ISS), wire, b"GET /other HTTP/1.0\r\n\r\n")


def test_nothing_is_answered_before_it_was_asked() -> None:
    wire = RecordedWire(Recording.load("fetch"))
    assert wire.read(100.0) is None
    assert "seq 1001의 앞까지" in str(wire.trouble())


def test_a_stuck_conversation_says_what_the_kernel_waited_for() -> None:
    with open_wire("serve", "recorded") as wire, pytest.raises(WireTimeoutError, match="기록의 커널은 seq"):
        serve(Connection(SERVE, iss=ISS), wire, lambda request: wire.scene.response[:500])


def test_a_late_start_moves_the_rest() -> None:
    """SYN을 5초 늦게 보내면 커널의 답도 모두 그만큼 늦다: 간격은 기록의 것이다."""
    recording = Recording.load("fetch")
    wire = RecordedWire(recording)
    mine = [(time, data) for time, data in recording.packets if parse(data).src == wire.local]
    data_at = next(time for time, data in recording.packets if parse(data).segment.payload and (time, data) not in mine)
    assert wire.read(5.0) is None
    wire.write(mine[0][1])
    assert wire.read(1.0) is not None  # SYN,ACK
    for _, data in mine[1:3]:
        wire.write(data)
    while (data := wire.read(1.0)) is not None and not parse(data).segment.payload:
        pass
    assert wire.now() - 5.0 == pytest.approx(data_at - mine[0][0], abs=1e-6)


def test_only_the_recorded_scenes_are_recorded() -> None:
    with pytest.raises(KernelLabError, match=r"이 장면은 기록이 없습니다.*zero_window"):
        open_wire(Scene("mine", kernel="server"), "recorded")
    with pytest.raises(KernelLabError, match="기록이 없습니다"):
        open_wire(replace(SCENES["fetch"], size=10), "recorded")


def test_the_environment_can_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TCPEDU_WIRE", "recorded")
    with open_wire("fetch") as wire:
        assert not wire.live and wire.reason == "기록을 골랐습니다"


def test_a_recording_is_saved_as_it_is_loaded(tmp_path) -> None:
    recording = Recording.load("fetch")
    recording.save(tmp_path)
    assert (tmp_path / "fetch.json").read_text(encoding="utf-8") == _shipped("fetch.json").decode()
    # 압축은 zlib의 판마다 다를 수 있다: 풀어서 견준다.
    again = (tmp_path / "fetch.pcap.gz").read_bytes()
    assert gzip.decompress(again) == gzip.decompress(_shipped("fetch.pcap.gz"))


def test_the_recordings_are_small_and_name_no_machine() -> None:
    names = [f"{scene}.{kind}" for scene in SCENES for kind in ("json", "pcap.gz")]
    assert sum(len(_shipped(name)) for name in names) < 200_000
    for scene in SCENES:
        recording = Recording.load(scene)
        assert recording.kernel.startswith("리눅스 ") and "-" not in recording.kernel


def _shipped(name: str) -> bytes:
    return (files("tcpedu.lab") / "recordings" / name).read_bytes()
