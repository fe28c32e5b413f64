"""encode한 값을 사람이 읽는 글로 적는다.

되도록 파이썬에 그대로 붙여 넣을 수 있는 글로 적고, 길면 줄인다. 배우는 사람의
커널에서도 돌기 때문에 표준 라이브러리만 쓴다.
"""

from __future__ import annotations

from typing import Any

from tcpedu.course.values import same

WIDTH = 240
GIVEN = 600  # 입력은 다시 불러 볼 수 있게 더 길게 적는다
UNKNOWN = "<알 수 없는 값>"
MANY = 8  # 글을 이보다 많이 모은 리스트는 자리가 아니라 무엇이 다른지로 견준다
LONG = 64  # 이보다 긴 바이트열은 앞부분만 보인다


def show(value: Any, width: int = WIDTH) -> str:
    """값 하나를 한 줄로 적는다.

    >>> show({"$bytes": "04d21f90"})
    "bytes.fromhex('04d2 1f90')"
    >>> show(["SYN", 100, None])
    "['SYN', 100, None]"
    """
    try:
        text = str(_show(value))
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        text = UNKNOWN  # 남의 커널에서 온 값은 모양이 어긋날 수 있다
    if len(text) <= width:
        return text
    size = f", 항목 {len(value)}개" if isinstance(value, (list, dict)) else ""
    return f"{text[:width]}… (줄임: 모두 {len(text)}글자{size})"


def arguments(args: list[Any], kwargs: dict[str, Any]) -> str:
    """부를 때의 괄호와 인자.

    >>> arguments([100, {"$bytes": "6869"}], {"fin": True})
    "(100, b'hi', fin=True)"
    """
    parts = [show(item, GIVEN) for item in args]
    parts += [f"{name}={show(item, GIVEN)}" for name, item in kwargs.items()]
    return f"({', '.join(parts)})"


def difference(expected: Any, actual: Any) -> str | None:
    """리스트나 dict에서 처음 다른 곳을 한 줄로 적는다. 통째로 다르면 None.

    >>> difference([1, 2, 3], [1, 5, 3])
    '[1]: 기대 2, 실제 5'
    """
    if isinstance(expected, list) and isinstance(actual, list):
        return _list_difference(expected, actual)
    if _plain(expected) and _plain(actual):
        return _dict_difference(expected, actual)
    return None


def _list_difference(expected: list[Any], actual: list[Any]) -> str | None:
    members = _members(expected, actual) if len(expected) + len(actual) > MANY else None
    if members is not None:
        return members
    for place, (one, other) in enumerate(zip(expected, actual, strict=False)):
        if not same(one, other):
            return _deeper(f"[{place}]", one, other)
    if len(expected) != len(actual):
        return f"길이: 기대 {len(expected)}, 실제 {len(actual)}"
    return None


def _members(expected: list[Any], actual: list[Any]) -> str | None:
    """글을 모은 두 리스트: 무엇이 빠지고 무엇이 더 들었는가. 차례나 개수만 다르면 None.

    >>> _members(["1번 SYN", "2번 ACK"], ["2번 ACK", "3번 RST", "4번 UDP"])
    "빠진 것 1개('1번 SYN'), 더 든 것 2개('3번 RST' …)"
    """
    if not all(isinstance(item, str) for item in (*expected, *actual)):
        return None
    missing = [item for item in expected if item not in actual]
    extra = [item for item in actual if item not in expected]
    told = [
        f"{name} {len(items)}개({show(items[0], 80)}{' …' * (len(items) > 1)})"
        for name, items in (("빠진 것", missing), ("더 든 것", extra))
        if items
    ]
    return ", ".join(told) or None


def _dict_difference(expected: dict[str, Any], actual: dict[str, Any]) -> str | None:
    for key, one in expected.items():
        if key not in actual:
            return f"없는 열쇠: {key!r}"
        if not same(one, actual[key]):
            return _deeper(f"[{key!r}]", one, actual[key])
    extra = [key for key in actual if key not in expected]
    return f"없어야 하는 열쇠: {extra[0]!r}" if extra else None


def _deeper(place: str, expected: Any, actual: Any) -> str:
    inner = difference(expected, actual)
    if inner is not None:
        return f"{place}{inner}" if inner.startswith("[") else f"{place} {inner}"
    return f"{place}: 기대 {show(expected, 80)}, 실제 {show(actual, 80)}"


def _plain(value: Any) -> bool:
    return isinstance(value, dict) and not any(key.startswith("$") for key in value)


def _show(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_show, value))}]"
    if isinstance(value, dict):
        mark = next((key for key in value if key.startswith("$")), None)
        if mark is None:
            return "{" + ", ".join(f"{key!r}: {_show(item)}" for key, item in value.items()) + "}"
        return _MARKS[mark](value) if mark in _MARKS else UNKNOWN
    return repr(value)


def _bytes(value: dict[str, Any]) -> str:
    data = bytes.fromhex(value["$bytes"])
    shown = data[:LONG]
    printable = all(0x20 <= octet < 0x7F for octet in data)
    text = repr(shown) if printable else f"bytes.fromhex('{shown.hex(' ', -2)}')"
    return text if len(data) <= LONG else f"{text}… (모두 {len(data)}바이트)"


def _tuple(value: dict[str, Any]) -> str:
    items = [_show(item) for item in value["$tuple"]]
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _set(value: dict[str, Any]) -> str:
    return "{" + ", ".join(map(_show, value["$set"])) + "}" if value["$set"] else "set()"


def _dict(value: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{_show(k)}: {_show(v)}" for k, v in value["$dict"]) + "}"


def _library(value: dict[str, Any]) -> str:
    name = value["$tcpedu"].rpartition(".")[2]
    if "member" in value:
        return f"{name}.{value['member']}"
    fields = value["fields"].items()
    return f"{name}({', '.join(f'{field}={_show(item)}' for field, item in fields)})"


def _error(value: dict[str, Any]) -> str:
    if value["$error"] == "TimeLimit":
        return "(시간 안에 끝나지 않음)"
    return f"{value['$error']} 오류"


_MARKS = {
    "$bytes": _bytes,
    "$tuple": _tuple,
    "$set": _set,
    "$dict": _dict,
    "$tcpedu": _library,
    "$error": _error,
    "$int": lambda value: value["$int"],
    "$float": lambda value: f"float('{value['$float']}')",
    "$enum": lambda value: value["$enum"],
    "$object": lambda value: f"<{value['$object']} 객체>",
    "$huge": lambda value: f"<너무 큰 {value['$huge']}>",
    "$missing": lambda value: "(정의되지 않음)",
    "$steps": lambda value: f"<{len(value['$steps'])}단계>",
}
