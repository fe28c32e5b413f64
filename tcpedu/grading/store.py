"""끝난 결과를 하나씩 적어 두는 곳(SQLite). 언제 죽어도 다음 실행이 이어서 한다.

열쇠는 과제의 판, 채점기의 판, 씨앗의 규칙, 제출물의 바이트에서 나온다. 문제나 채점기가 바뀌면 저절로 다시
채점하고, 같은 제출물은 몇 번을 돌려도 한 번만 채점한다. 쓰는 사람은 채점을 시킨 과정 하나뿐이다.
"""

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tcpedu.grading.result import State, SubmissionResult

NAME = "results.sqlite"

_TABLES = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, graded INTEGER NOT NULL, jobs INTEGER NOT NULL, busy REAL NOT NULL,
    worker_bytes INTEGER NOT NULL, report REAL NOT NULL
);
"""


@cache
def edition() -> str:
    """강의의 문제와 채점기의 판: 어느 한 파일이라도 바뀌면 달라진다."""
    package = Path(__file__).resolve().parents[1]
    rooms = ("course", "grading", "protocol", "network", "lab")
    files = [file for room in rooms for file in (package / room).rglob("*.py")]
    files += [file for room in ("exercises", "solutions") for file in (package.parent / room).glob("*.ipynb")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(package.parent).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def key(digest: str, *settings: object) -> str:
    """결과의 열쇠. `digest`는 제출물의 SHA-256, `settings`는 씨앗과 시간 한도 따위다."""
    text = "\n".join([edition(), digest, *map(str, settings)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Run:
    """한 번의 실행에서 잰 것."""

    graded: int  # 새로 채점한 제출물
    jobs: int
    busy: float  # 일꾼들이 채점에 쓴 초의 합
    worker_bytes: int  # 일꾼 하나와 그 커널의 메모리
    report: float  # 결과 하나를 꺼내고 보고서로 쓰는 데 든 초


class StoreBusy(ValueError):
    """다른 채점이 같은 폴더에 쓰고 있다."""


class Store:
    """`results.sqlite`에 적고 읽는다.

    잠금은 과정이 죽으면 운영체제가 푼다. WAL이므로 적다가 죽은 것은 다음에 열 때 없던 일이 된다.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=1.0)
        try:
            # 혼자 쓰는 잠금에서는 WAL이 공유 메모리를 쓰지 않는다: 네트워크 드라이브에서도 된다.
            self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=FULL")  # 결과마다 디스크까지 내려보낸다
            self.connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        except sqlite3.OperationalError as error:
            self.connection.close()
            if "locked" in str(error):
                busy = f"'{folder}'에 다른 채점이 돌고 있습니다"
                raise StoreBusy(f"{busy}: 끝나기를 기다리거나 --out을 바꾸세요.") from None
            raise
        except sqlite3.DatabaseError:
            self.connection.close()
            raise ValueError(f"'{self.path}'이(가) 깨졌습니다: 다른 곳으로 옮기고 다시 채점하세요.") from None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def get(self, key: str) -> SubmissionResult | None:
        row = self.connection.execute("SELECT result FROM results WHERE key = ?", (key,)).fetchone()
        return SubmissionResult.from_dict(json.loads(row[0])) if row else None

    def put(self, key: str, result: SubmissionResult) -> None:
        """적는다. 이미 있으면 그대로 둔다. 채점기의 실패는 적지 않는다: 다음에 다시 해 본다."""
        if result.state is State.FAILED:
            return
        text = json.dumps(result.to_dict(), ensure_ascii=True)
        self.connection.execute("INSERT OR IGNORE INTO results VALUES (?, ?)", (key, text))

    def put_run(self, run: Run) -> None:
        self.connection.execute(
            "INSERT INTO runs (graded, jobs, busy, worker_bytes, report) VALUES (?, ?, ?, ?, ?)",
            (run.graded, run.jobs, run.busy, run.worker_bytes, run.report),
        )

    def last_run(self) -> Run | None:
        """가장 최근에 새로 채점한 실행에서 잰 것."""
        row = self.connection.execute(
            "SELECT graded, jobs, busy, worker_bytes, report FROM runs ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return Run(*row) if row else None

    def some(self, count: int) -> list[SubmissionResult]:
        """적어 둔 결과 몇 개."""
        rows = self.connection.execute("SELECT result FROM results LIMIT ?", (count,))
        return [SubmissionResult.from_dict(json.loads(row[0])) for row in rows]
