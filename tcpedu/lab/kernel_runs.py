"""기록해 둔 커널의 실행: 진짜 커널 실습을 할 수 없는 컴퓨터에서도 같은 것을 본다.

모두 우리 에뮬레이터(`emulator.emulate`)로 만들었고, 커널의 판과 설정이 파일에 들어 있다. 다시 만들려면
`python -m tcpedu.lab.record_runs`.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from pathlib import Path

from .kernel_run import EmulatorSettings, KernelRun
from .run_json import unpack_run

FOLDER = Path(str(files("tcpedu"))) / "lab" / "recordings"

RUNS: dict[str, EmulatorSettings] = {
    "no_loss": EmulatorSettings(segments=600),
    "one_loss": EmulatorSettings(segments=400, drop=(40,)),
    "four_losses": EmulatorSettings(segments=400, drop=(40, 41, 42, 43)),
    "four_losses_sack": EmulatorSettings(segments=400, drop=(40, 41, 42, 43), sack=True),
    "half_the_acks": EmulatorSettings(segments=800, drop=(150,), drop_acks_every=2),
    "timeout": EmulatorSettings(segments=400, drop=tuple(range(31, 71))),
    "long_reno": EmulatorSettings(segments=7000, drop=(101,), until=7.0),
    "long_cubic": EmulatorSettings(segments=7000, drop=(101,), until=7.0, congestion="cubic"),
    "sawtooth": EmulatorSettings(segments=9000, rate=4e6, queue=50, sack=True, until=18.0),
    "one_late": EmulatorSettings(segments=200, rate=100e6, late={40: 0.005}),
    "rough_reno": EmulatorSettings(
        segments=300, delay=0.025, queue=20, drop_acks_every=2, until=6.0, late={294: 0.001},
        drop=(11, 15, 44, 124, 127, 131, 137, 163, 190, 199, 224, 236, 238, 240, 270, 277, 278, 291, 294, 295),
    ),
    "rough_sack": EmulatorSettings(
        segments=300, delay=0.025, rate=2e6, queue=20, sack=True, until=6.0, late={9: 0.001, 297: 0.03, 217: 0.005},
        drop=(7, 23, 33, 35, 37, 60, 104, 124, 137, 159, 175, 178, 185, 232, 250, 259, 263, 269, 276, 290),
    ),
}  # fmt: skip
"""기록의 이름 → 설정. 차례로 손실 없음, 하나, 이어진 넷(SACK을 끄고, 켜고), 데이터 하나와 ACK 절반, 한 윈도우를 몽땅,
하나를 잃은 뒤의 긴 실행, 병목의 톱니, 차례가 뒤바뀐 하나, 이것저것 많이 잃은 것."""


def recorded_run(name: str) -> KernelRun:
    """기록 하나. 이름은 `RUNS`의 것이고, 없는 이름이면 `KeyError`.

    >>> run = recorded_run("one_loss")
    >>> run.settings.drop, sum(sent.again for step in run.steps for sent in step.sent)
    ((40,), 1)
    """
    if name not in RUNS:
        raise KeyError(f"{name!r}라는 기록은 없습니다. 있는 것: {', '.join(RUNS)}")
    return unpack_run(json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes())))
