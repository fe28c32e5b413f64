"""답이 돌려준 값을 비교할 수 있는 JSON 값으로 바꾼다.

검사와 채점은 이 모듈 하나로 "같다"를 정한다. 배우는 사람의 커널에서도 돌기
때문에 표준 라이브러리만 쓰고, 기준 답을 담은 모듈은 불러오지 않는다.

- `True`와 `1`은 다르고, `1.0`과 `1`은 같다. 튜플과 리스트는 같다.
- 소수는 유효 숫자 `digits`개로 맞춘다. nan과 무한대는 이름으로 적는다.
- JSON에 없는 값은 `{"$bytes": "0102"}`처럼 `$`로 시작하는 열쇠 하나로 적는다.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import importlib
import json
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEPTH = 40
NODES = 100_000
LONG_BYTES = 1 << 20
LONG_TEXT = 1 << 20
BLANK = "____"
MISSING = {"$missing": True}
TIMEOUT = {"$error": "TimeLimit"}
UNTRIED = {"$error": "NotImplementedError"}
LIBRARY = "tcpedu.protocol."

# 문제 설명이 약속하는 오류. 하위 오류(예: UnicodeDecodeError)는 그 약속을 지킨 것으로 본다.
PROMISED = (ConnectionError, TimeoutError, EOFError, OSError, ValueError)


@dataclass(frozen=True)
class Raised:
    """부르다가 난 오류. 값으로 돌려준 오류와 구별한다."""

    error: BaseException


@dataclass(frozen=True)
class Steps:
    """상태가 있는 답을 차례로 부른 기록: (무엇을 했는지, 결과)의 줄."""

    rows: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Encoded:
    """이미 `encode`한 값."""

    json: Any


class TooLarge(Exception):
    """값이 너무 깊거나 커서 비교하지 않는다."""


def encode(value: Any, digits: int = 9, *, exact: bool = False) -> Any:
    """값을 JSON 값으로 바꾼다. 어떤 값에도 오류를 내지 않는다.

    `exact=True`이면 비교용이 아니라 전달용이다: 튜플을 튜플로, 소수를 그대로 남긴다.

    >>> encode((1.0, b"\\x01", True))
    [1, {'$bytes': '01'}, True]
    >>> encode((0.5, 1), exact=True)
    {'$tuple': [0.5, 1]}
    """
    try:
        return _Encoder(digits, exact).encode(value, 0)
    except (TooLarge, RecursionError):
        return {"$huge": type(value).__name__}


def canonical(value: Any) -> str:
    """JSON 값을 한 줄의 정해진 글로 적는다. 같은 값이면 글도 같다.

    >>> canonical({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    # 화면의 글자 인코딩(예: cp949)이 무엇이든 같도록 ASCII만 쓴다.
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def same(one: Any, other: Any) -> bool:
    """encode로 바꾼 두 값이 같은가."""
    try:
        return canonical(one) == canonical(other)
    except (RecursionError, TypeError, ValueError):  # 남의 커널에서 온 값은 모양이 어긋날 수 있다
        return False


def error_value(error: BaseException) -> dict[str, str]:
    """오류를 값으로: 약속한 종류의 하위 오류는 그 종류로 적는다.

    >>> error_value(UnicodeDecodeError("utf-8", b"x", 0, 1, "왜"))
    {'$error': 'ValueError'}
    """
    if isinstance(error, NameError) and getattr(error, "name", None) == BLANK:
        return dict(UNTRIED)  # 빈칸을 그대로 둔 것은 아직 풀지 않은 것이다
    for kind in PROMISED:
        if isinstance(error, kind):
            return {"$error": kind.__name__}
    return {"$error": type(error).__name__}


class _Encoder:
    """한 번의 encode: 지금까지 센 값의 개수를 기억한다."""

    def __init__(self, digits: int, exact: bool) -> None:
        self.digits = digits
        self.exact = exact
        self.nodes = 0

    def encode(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > NODES or depth > DEPTH:
            raise TooLarge
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float, str, bytes, bytearray, memoryview)):
            return self.scalar(value)
        if isinstance(value, (list, tuple)):
            items = [self.encode(item, depth + 1) for item in value]
            return {"$tuple": items} if self.exact and isinstance(value, tuple) else items
        if isinstance(value, Mapping):
            return self.mapping(value, depth)
        if isinstance(value, (set, frozenset)):
            return {"$set": sorted((self.encode(item, depth + 1) for item in value), key=canonical)}
        if isinstance(value, Raised):
            return error_value(value.error)
        if isinstance(value, Encoded):
            return value.json
        if isinstance(value, Steps):
            return {"$steps": [[text, self.encode(item, depth + 1)] for text, item in value.rows]}
        return self.other(value, depth)

    def scalar(self, value: Any) -> Any:
        if isinstance(value, enum.Enum) and not isinstance(value, int):
            value = value.value  # 글자로 된 열거형
        if isinstance(value, int):
            number = int(value)
            return number if number.bit_length() < 10_000 else {"$int": hex(number)}
        if isinstance(value, float):
            return self.real(float(value))
        if isinstance(value, str):
            text = str.__str__(value)
            return text if len(text) <= LONG_TEXT else _digest("str", text.encode("utf-8", "replace"))
        data = bytes(value)
        return {"$bytes": data.hex()} if len(data) <= LONG_BYTES else _digest("bytes", data)

    def real(self, number: float) -> Any:
        if not math.isfinite(number):
            return {"$float": str(number)}
        if not self.exact:
            # 15자리로 먼저 맞춰야 마지막 비트의 차이가 반올림 경계를 넘지 않는다.
            number = float(f"{float(f'{number:.15g}'):.{self.digits}g}")
            if number.is_integer() and abs(number) < 2**53:
                return int(number)
        return number

    def mapping(self, value: Mapping[Any, Any], depth: int) -> Any:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: self.encode(item, depth + 1) for key, item in value.items()}
        pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()]
        return {"$dict": pairs if self.exact else sorted(pairs, key=canonical)}

    def other(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind.__module__.startswith(LIBRARY) and not isinstance(value, type):
            name = f"{kind.__module__.removeprefix(LIBRARY)}.{kind.__qualname__}"
            if isinstance(value, enum.Enum):
                return {"$tcpedu": name, "member": value.name}
            if dataclasses.is_dataclass(value):
                fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
                return {"$tcpedu": name, "fields": self.encode(fields, depth + 1)}
        if isinstance(value, enum.Enum):
            return {"$enum": f"{kind.__name__}.{value.name}"}
        if hasattr(kind, "__index__"):  # numpy 정수처럼 정수로 쓰이는 값
            try:
                return self.encode(operator.index(value), depth + 1)
            except Exception:
                return {"$object": kind.__name__}
        if kind.__name__ == "coroutine":
            value.close()  # 그대로 두면 "never awaited" 경고가 노트북에 찍힌다
        return {"$object": kind.__name__}


def _digest(kind: str, data: bytes) -> dict[str, Any]:
    return {"$huge": kind, "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def decode(value: Any) -> Any:
    """encode한 값을 되돌린다. 되돌릴 수 없는 값은 `Opaque`가 된다.

    >>> decode(encode((1, b"\\x02", {3: {4}}), exact=True))
    (1, b'\\x02', {3: {4}})
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    mark = next((key for key in value if key.startswith("$")), None)
    if mark is None:
        return {key: decode(item) for key, item in value.items()}
    return _DECODERS.get(mark, _opaque)(value)


@dataclass(frozen=True)
class Opaque:
    """되돌릴 수 없는 값의 자리."""

    text: str


def _opaque(value: dict[str, Any]) -> Opaque:
    return Opaque(canonical(value))


def _hashable(value: Any) -> Any:
    return tuple(_hashable(item) for item in value) if isinstance(value, list) else value


def _library(value: dict[str, Any]) -> Any:
    """tcpedu.protocol의 열거형과 데이터 클래스를 만든다."""
    module, _, name = value["$tcpedu"].rpartition(".")
    kind = getattr(importlib.import_module(LIBRARY + module), name)
    if "member" in value:
        return kind[value["member"]]
    fields = decode(value["fields"])
    for field in dataclasses.fields(kind):
        # 비교용 값에서는 열거형이 정수로, 튜플이 리스트로 바뀌어 있다.
        if field.name in fields and isinstance(field.default, (enum.Enum, tuple)):
            fields[field.name] = type(field.default)(fields[field.name])
    return kind(**fields)


_DECODERS = {
    "$bytes": lambda value: bytes.fromhex(value["$bytes"]),
    "$int": lambda value: int(value["$int"], 16),
    "$float": lambda value: float(value["$float"]),
    "$tuple": lambda value: tuple(decode(item) for item in value["$tuple"]),
    "$set": lambda value: {_hashable(decode(item)) for item in value["$set"]},
    "$dict": lambda value: {_hashable(decode(k)): decode(v) for k, v in value["$dict"]},
    "$tcpedu": _library,
}
