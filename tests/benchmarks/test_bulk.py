"""대량 전송을 시뮬레이션하는 빠르기: ns-3과 견주고, 크기에 비례해 자라는지 본다. 기록(`Trace`)은 모두 남긴다."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from tcpedu.network.apps import bulk, sink
from tcpedu.network.simulation import Simulation
from tcpedu.network.topology import dumbbell
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config

RATE, DELAY, QUEUE = 100e6, 0.01, 200
MEGABYTE = 1_000_000
WINDOW = 1 << 18  # 대역폭-지연 곱은 250 kB이고 큐에는 300 kB가 들어간다: 잃는 것이 없다
ROUNDS = 12
Speed = Callable[..., tuple[int, float]]
Report = Callable[[str, list[tuple[str, str]]], None]
RECORDING = ("trace.py", "packet.py", "<string>")  # `Packet`과 `WindowSample`의 생성자는 <string>이다
NS3_LIBRARIES = ("core", "network", "internet", "point-to-point", "applications")


def bulk_transfer(size: int) -> Trace:
    """100 Mbit/s, 왕복 20 ms의 링크로 `size`바이트를 보낸다. 조건은 ns3_bulk.cc와 같다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=DELAY, rate=RATE, queue=QUEUE)
    config = Config(mss=1448, receive_buffer=WINDOW, send_buffer=1 << 20, window_scale=5, timestamps=True, sack=True)
    b.listen(80, config=config, on_accept=sink)
    bulk(a.connect(b, 80, config=config), size)
    trace = sim.run(until=600)
    (server,) = b._sockets.values()
    assert server.received_length == size
    return trace


def data_segments(trace: Trace) -> int:
    return sum(bool(sent.segment.payload) for sent in trace.segments)


@pytest.fixture
def per_second(cpu_seconds: Callable[..., float]) -> Speed:
    """`per_second(size, rounds=2)`: (데이터 세그먼트 수, CPU 1초에 시뮬레이션한 수)."""

    def measure(size: int, rounds: int = 2) -> tuple[int, float]:
        traces: list[Trace] = []
        seconds = cpu_seconds(lambda: traces.append(bulk_transfer(size)), rounds)
        count = data_segments(traces[0])
        return count, count / seconds

    return measure


@pytest.mark.slow
def test_data_segments_per_cpu_second_against_ns3(per_second: Speed, report: Report, tmp_path: Path) -> None:
    size = 10 * MEGABYTE
    program = compiled_ns3(tmp_path)
    ours = bare = recorded = 0.0
    for _ in range(ROUNDS):  # 번갈아 잰다: 그 사이에 컴퓨터가 바빠진 것이 비율에 섞이지 않는다
        count, speed = per_second(size, rounds=1)
        ours = max(ours, speed)
        if program:
            bare = max(bare, ns3_per_second(program, size))
            recorded = max(recorded, ns3_per_second(program, size, tmp_path))
    rows = [("tcpedu(기록을 모두 남김)", f"{ours:,.0f}/s  ({count:,}개)")]
    if program:
        assert (tmp_path / "bulk-0-0.pcap").stat().st_size > size
        rows += [
            ("ns-3(기록 없음)", f"{bare:,.0f}/s"),
            ("ns-3(pcap 둘, cwnd, 큐 길이를 적음)", f"{recorded:,.0f}/s"),
            ("기록 없는 ns-3의 몇 배", f"{ours / bare:.2f}"),
            ("기록하는 ns-3의 몇 배", f"{ours / recorded:.2f}"),
        ]
    rows += [(f"시간의 몫: {name}", f"{share:.0%}") for name, share in layer_shares(size).items()]
    report("대량 전송 10 MB, CPU 1초에 시뮬레이션한 데이터 세그먼트", rows)
    if not program:
        pytest.skip("ns-3이 없다: libns3-dev와 g++가 있어야 견준다")


def compiled_ns3(folder: Path) -> Path | None:
    """같은 전송을 하는 ns-3 프로그램. 컴파일할 수 없으면 `None`."""
    compiler = shutil.which("g++")
    if compiler is None or not Path("/usr/include/ns3").exists():
        return None
    program, source = folder / "bulk", Path(__file__).with_name("ns3_bulk.cc")
    libraries = [f"-lns3-{name}" for name in NS3_LIBRARIES]
    subprocess.run(
        [compiler, "-O2", "-std=c++17", str(source), "-o", str(program), *libraries], check=True, timeout=300
    )
    return program


def ns3_per_second(program: Path, size: int, record_to: Path | None = None) -> float:
    """ns-3이 CPU 1초에 시뮬레이션한 데이터 세그먼트. 폴더를 주면 거기에 기록한다."""
    command = [str(program), str(size), *([str(record_to)] if record_to else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    count, seconds, received = done.stdout.split()
    assert int(received) == size
    return int(count) / float(seconds)


def layer_shares(size: int) -> dict[str, float]:
    """CPU 시간의 몫: TCP(protocol), 링크와 호스트(network), 기록(trace). 1 ms마다 어디를 돌고 있는지 본다."""
    if not hasattr(signal, "setitimer"):
        return {}
    seen: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        path = frame.f_code.co_filename if frame else ""
        seen["기록" if path.endswith(RECORDING) else "TCP" if "protocol" in path else "네트워크"] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    try:
        bulk_transfer(size)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return {name: count / seen.total() for name, count in seen.most_common()}


@pytest.mark.slow
def test_time_and_memory_grow_with_the_segments(per_second: Speed, report: Report) -> None:
    rows, memory, counts = [], [], []
    for times in (1, 4, 16):
        count, speed = per_second(times * MEGABYTE)
        tracemalloc.start()
        kept = bulk_transfer(times * MEGABYTE)
        memory.append(tracemalloc.get_traced_memory()[0] / count)
        tracemalloc.stop()
        counts.append(len(kept))
        rows.append((f"{times}배: 세그먼트 {count:,}개", f"{1e6 / speed:.1f} µs, {memory[-1]:,.0f}바이트/개"))
    report("크기에 따른 시간과 메모리, 데이터 세그먼트 하나에", rows)
    # 기억하는 양은 시간과 달리 컴퓨터에 달려 있지 않다: 하나에 드는 것이 커지지 않아야 한다.
    assert memory[2] < 1.2 * memory[0]


@pytest.mark.slow
def test_a_lesson_size_run_is_interactive(cpu_seconds: Callable[..., float], report: Report) -> None:
    """흐름 둘, 20초, 10 Mbit/s, 왕복 40 ms."""

    def lesson() -> Trace:
        sim = Simulation()
        net = dumbbell(sim, 2, rate=10e6, delay=0.02, queue=50)
        for sender, receiver in zip(net.senders, net.receivers, strict=True):
            receiver.listen(80, on_accept=sink)
            bulk(sender.connect(receiver, 80))
        return sim.run(until=20)

    trace = lesson()
    seconds = cpu_seconds(lesson, rounds=1)
    rows = [("흐름 2, 20초, 10 Mbit/s, 40 ms", f"{seconds:.2f}초  (데이터 세그먼트 {data_segments(trace):,}개)")]
    report("강의에서 돌리는 크기", rows)
