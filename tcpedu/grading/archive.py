"""압축 파일(zip) 속의 제출물. 디스크에 풀지 않고 하나씩 메모리에서 읽는다.

이름이 폴더 밖을 가리키거나(zip slip), 링크이거나, 터무니없이 부푸는 것은 까닭을 말하고 버린다.
"""

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO

from tcpedu.grading.load import MAX_BYTES, Unreadable, read_bytes

MAX_RATIO = 200
MAX_DEPTH = 2  # 반 전체의 zip 속에 든 학생의 zip까지
MAX_MEMBERS = 200_000
_SMALL = 1024 * 1024  # 이보다 작으면 많이 부풀어도 해가 없다
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError)


@dataclass(frozen=True)
class Member:
    """압축 파일 속의 파일 하나. `path`는 바깥 zip에서부터의 번호들, `trouble`은 읽지 않을 까닭이다."""

    name: str
    path: tuple[int, ...]
    modified: float | None
    trouble: str = ""


def members(file: Path) -> Iterator[Member]:
    """압축 파일 속의 모든 파일. 속에 든 압축 파일도 한 번 더 들여다본다. 열 수 없으면 `Unreadable`."""
    with _opened(file) as archive:
        yield from _members(archive, (), "")


def _opened(file: Path) -> zipfile.ZipFile:
    if file.is_symlink() or not file.is_file():
        raise Unreadable("심볼릭 링크나 보통 파일이 아닌 것은 열지 않습니다.")
    return _zip(file)


@lru_cache(maxsize=1)
def _kept_open(file: Path, stamp: tuple[int, int]) -> zipfile.ZipFile:
    """반 전체가 든 zip의 목록을 제출물마다 다시 읽지 않는다. 파일이 바뀌면 `stamp`가 달라진다."""
    return _opened(file)


def _zip(source: Path | IO[bytes]) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except _BROKEN:
        raise Unreadable("압축 파일이 깨졌습니다. 다시 내려받거나 노트북을 그대로 제출하세요.") from None
    if len(archive.infolist()) > MAX_MEMBERS:
        raise Unreadable(f"압축 파일에 든 것이 너무 많습니다({len(archive.infolist()):,}개).")
    return archive


def _members(archive: zipfile.ZipFile, inside: tuple[int, ...], folder: str) -> Iterator[Member]:
    inner_size = 0
    for number, info in enumerate(archive.infolist()):
        name, path = folder + decoded_name(info), (*inside, number)
        if info.is_dir() or is_litter(name):
            continue
        trouble = _trouble(info, decoded_name(info))
        inner_size += info.file_size
        if inside and not trouble and inner_size > MAX_BYTES:
            trouble = f"압축을 풀면 너무 큽니다(한도 {MAX_BYTES / 2**20:.0f} MiB)."
        if not trouble and name.lower().endswith(".zip") and len(path) < MAX_DEPTH:
            try:
                with _zip(io.BytesIO(_read(archive, info))) as inner:
                    yield from _members(inner, path, name + "/")
                continue
            except Unreadable as error:
                trouble = str(error)
        yield Member(name, path, _time(info), trouble)


def decoded_name(info: zipfile.ZipInfo) -> str:
    """이름을 NFC로. 윈도우의 압축 프로그램은 UTF-8이라는 표시 없이 CP949로 적는다."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp949"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name).replace("\\", "/")


_LITTER = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.git|__pycache__)/|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db)$")


def is_litter(name: str) -> bool:
    """운영체제와 도구가 남긴 찌꺼기."""
    return _LITTER.search(name) is not None


def _trouble(info: zipfile.ZipInfo, name: str) -> str:
    """읽지 않을 까닭."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", name) or "\x00" in name:
        return "압축 파일 속의 이름이 폴더 밖을 가리켜 읽지 않았습니다."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "압축 파일 속의 심볼릭 링크는 읽지 않습니다. 노트북 파일 자체를 제출하세요."
    if info.flag_bits & 0x1:
        return "압축 파일에 암호가 걸려 있습니다. 암호 없이 다시 제출하세요."
    if info.file_size > MAX_BYTES or _swells(info):
        return "압축을 풀면 지나치게 커져서 읽지 않았습니다. 출력을 모두 지우고 다시 제출하세요."
    return ""


def _swells(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1)


def _time(info: zipfile.ZipInfo) -> float | None:
    """적힌 시각(이 컴퓨터의 시간대로 본다). 1980년은 적지 않았다는 뜻이다."""
    try:
        return None if info.date_time[0] <= 1980 else datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def read_member(file: Path, path: tuple[int, ...]) -> bytes:
    """압축 파일 속의 파일 하나를 읽는다. 빈 `path`이면 파일 그 자체다."""
    if not path:
        return read_bytes(file)
    status = file.lstat()
    data = _pick(_kept_open(file, (status.st_mtime_ns, status.st_size)), path[0])
    for number in path[1:]:
        with _zip(io.BytesIO(data)) as inner:
            data = _pick(inner, number)
    return data


def _pick(archive: zipfile.ZipFile, number: int) -> bytes:
    try:
        info = archive.infolist()[number]
    except IndexError:
        raise Unreadable("채점하는 사이에 압축 파일이 바뀌었습니다.") from None
    if trouble := _trouble(info, decoded_name(info)):
        raise Unreadable(trouble)
    return _read(archive, info)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """한도까지만 읽는다: 머리말에 적힌 크기는 거짓일 수 있다."""
    try:
        with archive.open(info) as member:
            data = member.read(MAX_BYTES + 1)
    except (*_BROKEN, RuntimeError):
        raise Unreadable("압축 파일 속의 파일이 깨졌습니다. 다시 제출하세요.") from None
    if len(data) > MAX_BYTES:
        raise Unreadable("압축을 풀면 지나치게 커져서 읽지 않았습니다. 출력을 모두 지우고 다시 제출하세요.")
    return data
