"""채점 일꾼 여럿. 일꾼이 죽으면 새로 띄워 그 제출물을 다시 맡긴다."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

from tcpedu.grading.nursery import CORE
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.submission import Job, failed

ATTEMPTS = 3  # 처음 한 번과 다시 두 번
_PATIENCE = 120.0


class WorkerDied(RuntimeError):
    """일꾼 과정이 대답하지 못하고 끝났다."""


class Worker:
    """일꾼 과정 하나."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.folder = tempfile.TemporaryDirectory(prefix="tcpedu-worker-", ignore_cleanup_errors=True)
        os.chmod(self.folder.name, 0o711)  # 상자는 다른 사용자가 되어 제 폴더까지 들어온다
        self.process: subprocess.Popen[str] | None = None
        self.log: IO[bytes] | None = None
        self.closed = False
        self.lock = threading.Lock()  # 닫은 뒤에 새 과정을 띄우는 일이 없게 한다

    def ask(self, job: Job) -> SubmissionResult:
        """제출물 하나를 맡긴다. 한참이 지나도 대답이 없으면 일꾼을 끝낸다."""
        with self.lock:
            process = self._running()
        assert process.stdin is not None and process.stdout is not None
        watchdog = threading.Timer(_PATIENCE + 30 * job.timeout, self.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            process.stdin.write(json.dumps(asdict(job)) + "\n")
            process.stdin.flush()
            reply = process.stdout.readline()
        except OSError:
            reply = ""
        finally:
            watchdog.cancel()
        if not reply.endswith("\n"):
            raise WorkerDied(self._last_words())
        return SubmissionResult.from_dict(json.loads(reply))

    def _running(self) -> subprocess.Popen[str]:
        if self.closed:
            raise WorkerDied("채점을 그만두었습니다.")
        if self.process is None or self.process.poll() is not None:
            self.log = open(Path(self.folder.name) / "worker.log", "wb")  # noqa: SIM115
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tcpedu.grading.worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                encoding="utf-8", env=self._environment(), cwd=self.folder.name,
            )  # fmt: skip
        return self.process

    def _environment(self) -> dict[str, str]:
        from tcpedu.grading.assignment import root
        from tcpedu.grading.processes import borrow_font_cache

        fonts = Path(self.folder.name) / "matplotlib"
        borrow_font_cache(fonts)
        path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(root())]))
        own = {"JUPYTER_RUNTIME_DIR": str(Path(self.folder.name) / "runtime"), "TCPEDU_MPLCONFIGDIR": str(fonts)}
        own["TMPDIR"] = self.folder.name  # 일꾼을 끝내도 임시 폴더가 남지 않는다
        own[CORE] = str(self.number)
        return {**os.environ, **own, "PYTHONPATH": path, "TCPEDU_PROGRESS": "off", "PYTHONUTF8": "1"}

    def _last_words(self) -> str:
        try:
            lines = (Path(self.folder.name) / "worker.log").read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1][:300] if lines else "까닭을 남기지 않았습니다."

    def kill(self) -> None:
        from tcpedu.grading.processes import kill_tree

        if self.process is not None:
            kill_tree(self.process.pid)
            self.process.wait()

    def close(self) -> None:
        """일꾼을 끝내고 임시 폴더를 치운다."""
        with self.lock:
            self.closed = True
            self.kill()
        if self.process is not None:
            for stream in (self.process.stdin, self.process.stdout, self.log):
                try:
                    stream.close()  # type: ignore[union-attr]
                except OSError:
                    continue
        self.folder.cleanup()


def grade_with_patience(worker: Worker, job: Job) -> SubmissionResult:
    """일꾼이 죽거나 채점기가 실패하면 두 번까지 다시 한다. 그래도 안 되면 `채점기 실패`다."""
    result = None
    for _ in range(ATTEMPTS):
        try:
            result = worker.ask(job)
        except WorkerDied as death:
            result = failed(job, f"채점 일꾼이 멈췄습니다: {death}")
        if result.state is not State.FAILED:
            break
    assert result is not None
    return result


def each(jobs: Sequence[Job], workers: int) -> Iterator[SubmissionResult]:
    """끝나는 대로 결과를 내놓는다. 도중에 그만두면 일꾼을 모두 끝낸다."""
    waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[SubmissionResult | BaseException] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    crew = [Worker(number) for number in range(max(1, min(workers, len(jobs))))]
    threads = [threading.Thread(target=_labour, args=(worker, waiting, done), daemon=True) for worker in crew]
    for thread in threads:
        waiting.put(None)
        thread.start()
    try:
        for _ in jobs:
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        for _ in iter(lambda: _empty(waiting), True):
            pass
        for worker in crew:
            worker.close()
        for thread in threads:
            thread.join(timeout=10)


def _empty(waiting: "queue.SimpleQueue[Job | None]") -> bool:
    try:
        waiting.get_nowait()
    except queue.Empty:
        return True
    return False


def _labour(
    worker: Worker,
    waiting: "queue.SimpleQueue[Job | None]",
    done: "queue.SimpleQueue[SubmissionResult | BaseException]",
    grade: Callable[[Worker, Job], SubmissionResult] = grade_with_patience,
) -> None:
    while True:
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return
        if job is None:
            return
        try:
            done.put(replace(grade(worker, job), file=job.name, student=job.student))
        except BaseException as error:
            done.put(error)
