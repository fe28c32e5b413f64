"""기록을 다시 만든다: `python -m tcpedu.lab.record_runs [이름 …]`. 조용한 컴퓨터에서 돌려야 왕복 시간이 고르다."""

from __future__ import annotations

import gzip
import json
import sys

from .emulator import emulate
from .kernel_run import KernelRun
from .kernel_runs import FOLDER, RUNS
from .run_json import pack_run


def record(name: str) -> KernelRun:
    """`RUNS`의 설정으로 한 번 돌려 파일에 적는다."""
    run = emulate(RUNS[name])
    text = json.dumps(pack_run(run), separators=(",", ":"))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    return run


def main(names: list[str]) -> None:
    for name in names or list(RUNS):
        run = record(name)
        size = (FOLDER / f"{name}.json.gz").stat().st_size
        print(f"{name}: ACK {sum(1 for _ in run.acks)}개, {run.steps[-1].time:.2f}초, {size / 1000:.1f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
