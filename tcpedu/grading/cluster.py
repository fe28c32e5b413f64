"""여러 컴퓨터로 채점하기: Dask distributed의 스케줄러에 맡긴다 (추가 설치 `tcpedu[cluster]`).

채점을 시킨 과정만 저장소에 쓰고, 결과는 오는 대로 적는다. 일꾼이 죽으면 스케줄러가 다른 일꾼에게 다시
맡긴다. Dask는 기본으로 누구인지 확인하지 않고 pickle을 주고받으므로, 닫힌 네트워크나 TLS에서만 쓴다.
"""

import atexit
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tcpedu.grading.load import Unreadable
from tcpedu.grading.pool import Worker, grade_with_patience
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.store import edition
from tcpedu.grading.submission import Job, content, failed

RETRIES = 2
AHEAD = 3  # 일꾼의 자리마다 미리 보내 둘 제출물의 수
CONNECT = 10.0
_mine = threading.local()


def each(jobs: Sequence[Job], scheduler: str, keys: Mapping[str, str]) -> Iterator[SubmissionResult]:
    """끝나는 대로 결과를 내놓는다. 제출물의 바이트는 자리가 나는 만큼만 미리 보낸다."""
    distributed = _distributed()
    with _client(distributed, scheduler) as client:
        waiting = iter(jobs)
        running = distributed.as_completed([], loop=client.loop)
        names: dict[str, Job] = {}
        room = max(1, sum(client.nthreads().values())) * AHEAD

        def send() -> Iterator[SubmissionResult]:
            """다음 하나를 보낸다. 읽지 못하는 파일은 보낼 것도 없이 결과가 된다."""
            for job in waiting:
                try:
                    data = content(job)
                except Unreadable as error:
                    yield SubmissionResult(job.name, job.student, State.UNREADABLE, reason=str(error))
                    continue
                name = keys[job.name]
                future = client.submit(grade_remotely, asdict(job), data, edition(), key=name, retries=RETRIES)
                names[future.key] = job
                running.add(future)
                return

        for _ in range(room):
            yield from send()
        for future in running:
            yield _result(future, names.pop(future.key))
            future.release()
            yield from send()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise ValueError("--scheduler에는 dask distributed가 필요합니다: pip install 'tcpedu[cluster]'") from None
    return distributed


def _client(distributed: Any, scheduler: str) -> Any:
    try:
        # 스케줄러가 일꾼의 주소로 되걸 수 없는 곳이 있다: 결과는 일꾼에게서 곧바로 받는다.
        return distributed.Client(scheduler, timeout=CONNECT, direct_to_workers=True, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(f"스케줄러 '{scheduler}'에 닿지 못했습니다: 주소와 방화벽을 확인하세요. ({error})") from None


def _result(future: Any, job: Job) -> SubmissionResult:
    """일꾼이 낸 오류와 되풀이된 죽음은 `채점기 실패`다."""
    if future.status == "finished":
        return replace(SubmissionResult.from_dict(future.result()), file=job.name, student=job.student)
    error = future.exception()
    return failed(job, f"원격 일꾼이 실패했습니다: {type(error).__name__}: {str(error)[:200]}")


def grade_remotely(fields: dict[str, Any], data: bytes, version: str) -> dict[str, Any]:
    """일꾼의 컴퓨터에서 돈다. 채점은 이 컴퓨터의 채점 일꾼 과정이 한다."""
    job = Job(**fields)
    if version != edition():
        return failed(job, "원격 컴퓨터에 깔린 강의의 판이 다릅니다: 같은 판을 깔고 다시 채점하세요.").to_dict()
    with tempfile.TemporaryDirectory(prefix="tcpedu-remote-") as folder:
        path = Path(folder) / "submission.ipynb"
        path.write_bytes(data)
        return grade_with_patience(_worker(), replace(job, path=str(path), member=())).to_dict()


def _worker() -> Worker:
    """스레드마다 하나씩 두고 다시 쓰는 채점 일꾼."""
    if not hasattr(_mine, "worker"):
        _mine.worker = Worker()
        atexit.register(_mine.worker.close)
    worker: Worker = _mine.worker
    return worker
