"""끝난 결과를 하나씩 적어 두는 곳. 도중에 죽어도 다음 실행이 이어서 한다.

한 줄이 결과 하나인 JSON 파일이다. 열쇠는 제출물의 내용과 강의·채점기의 판에서 나오므로, 문제나
채점기가 바뀌면 저절로 다시 채점한다.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from tcpedu.grading.result import State, SubmissionResult

NAME = "results.jsonl"


@cache
def edition() -> str:
    """강의의 문제와 채점기의 판: 둘 중 어느 파일이라도 바뀌면 달라진다."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for folder in ("course", "grading", "protocol"):
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(file.relative_to(package).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def key(digest: str, *settings: object) -> str:
    """결과의 열쇠."""
    text = "\n".join([edition(), digest, *map(str, settings)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Store:
    """`results.jsonl`에 적고 읽는다."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.known = dict(_read(self.path))

    def get(self, key: str) -> SubmissionResult | None:
        return self.known.get(key)

    def put(self, key: str, result: SubmissionResult) -> None:
        """적고 디스크까지 내려보낸다. 채점기의 실패는 적지 않는다: 다음에 다시 해 본다."""
        if result.state is State.FAILED:
            return
        self.known[key] = result
        row = json.dumps({"key": key, "result": result.to_dict()}, ensure_ascii=False)
        with open(self.path, "ab") as file:
            file.write(row.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _read(path: Path) -> list[tuple[str, SubmissionResult]]:
    if not path.is_file():
        return []
    found = []
    data = path.read_bytes()
    for row in data.splitlines():
        try:
            entry = json.loads(row)
            found.append((entry["key"], SubmissionResult.from_dict(entry["result"])))
        except (ValueError, KeyError, TypeError):
            continue  # 적다가 죽은 마지막 줄, 옛 판의 줄
    if data and not data.endswith(b"\n"):
        with open(path, "ab") as file:
            file.write(b"\n")
    return found
