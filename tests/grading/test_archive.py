"""압축 파일: 디스크에 풀지 않고 하나씩 읽으며, 나쁜 것은 까닭을 말하고 버린다."""

import json
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from tcpedu.grading import archive
from tcpedu.grading.archive import members, read_member
from tcpedu.grading.collect import collect
from tcpedu.grading.load import Unreadable

NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "def flag_names(flags): pass"}]}).encode()


def packed(path: Path, files: dict[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def raw_name(path: Path, placeholder: bytes, name: bytes) -> None:
    """zipfile이 적어 주지 않는 이름을 바이트로 바꿔 넣는다(길이는 같다)."""
    assert len(placeholder) == len(name)
    path.write_bytes(path.read_bytes().replace(placeholder, name))


def troubles(path: Path) -> dict[str, str]:
    return {one.name: one.trouble for one in members(path)}


@pytest.mark.parametrize(
    "name", ["../evil.ipynb", "a/../../evil.ipynb", "/etc/evil.ipynb", "C:/evil.ipynb", "..\\evil.ipynb", "C:\\e.ipynb"]
)  # fmt: skip
def test_names_that_leave_the_folder_are_refused(tmp_path, name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = name  # ZipInfo가 이름을 다듬지 못하게 한다
    file = packed(tmp_path / "a.zip", {info: NOTEBOOK, "good.ipynb": NOTEBOOK})
    found = troubles(file)
    assert found.pop("good.ipynb") == ""
    assert all("폴더 밖" in trouble for trouble in found.values()) and len(found) == 1
    (bad,) = [one for one in members(file) if one.trouble]
    with pytest.raises(Unreadable, match="폴더 밖"):
        read_member(file, bad.path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"], "아무것도 풀지 않는다"


def test_symlinks_are_refused(tmp_path) -> None:
    link = zipfile.ZipInfo("link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = troubles(packed(tmp_path / "a.zip", {link: b"/etc/passwd"}))
    assert "심볼릭 링크" in found["link.ipynb"]


def test_a_bomb_is_refused_without_inflating(tmp_path) -> None:
    file = packed(tmp_path / "a.zip", {"bomb.ipynb": b"0" * 3_000_000, "good.ipynb": NOTEBOOK})
    assert "지나치게 커져서" in troubles(file)["bomb.ipynb"] and troubles(file)["good.ipynb"] == ""


def test_a_lying_header_is_stopped_at_the_limit(tmp_path, monkeypatch) -> None:
    """적힌 크기를 믿지 않는다: 한도까지만 읽는다."""
    file = packed(tmp_path / "a.zip", {"a.ipynb": bytes(range(256)) * 40}, zipfile.ZIP_STORED)
    (one,) = members(file)
    monkeypatch.setattr(archive, "MAX_BYTES", 10_240)
    assert len(read_member(file, one.path)) == 10_240
    monkeypatch.setattr(archive, "_trouble", lambda *_: "")
    monkeypatch.setattr(archive, "MAX_BYTES", 10_239)
    with pytest.raises(Unreadable, match="지나치게 커져서"):
        read_member(file, one.path)


def test_a_learners_own_zip_may_not_add_up_to_too_much(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", len(NOTEBOOK) * 2)
    inner = packed(tmp_path / "inner.zip", {f"{n}.ipynb": NOTEBOOK for n in range(3)}).read_bytes()
    monkeypatch.setattr(archive, "_trouble", lambda *_: "")
    outer = packed(tmp_path / "outer.zip", {"김철수/과제.zip": inner})
    monkeypatch.setattr(archive, "_read", lambda *_: inner)
    assert [bool(trouble) for trouble in troubles(outer).values()] == [False, False, True]


def test_litter_is_dropped(tmp_path) -> None:
    names = [
        "__MACOSX/._a.ipynb",
        "._b.ipynb",
        ".DS_Store",
        "x/.ipynb_checkpoints/a-checkpoint.ipynb",
        "a.ipynb",
        "빈 폴더/",
    ]
    file = packed(tmp_path / "a.zip", dict.fromkeys(names, NOTEBOOK))
    assert list(troubles(file)) == ["a.ipynb"]


def test_windows_names_in_cp949(tmp_path) -> None:
    file = packed(tmp_path / "a.zip", {"XXXXXX.ipynb": NOTEBOOK})
    raw_name(file, b"XXXXXX", "김철수".encode("cp949"))
    assert list(troubles(file)) == ["김철수.ipynb"]


def test_utf8_names_without_the_flag_and_mac_names(tmp_path) -> None:
    file = packed(tmp_path / "a.zip", {"XXXXXXXXX.ipynb": NOTEBOOK})
    raw_name(file, b"XXXXXXXXX", "김철수".encode())
    assert list(troubles(file)) == ["김철수.ipynb"]
    mac = packed(tmp_path / "b.zip", {unicodedata.normalize("NFD", "김철수.ipynb"): NOTEBOOK})
    assert list(troubles(mac)) == ["김철수.ipynb"]


def test_a_zip_in_a_zip_is_read_in_memory(tmp_path) -> None:
    inner = packed(tmp_path / "inner.zip", {"02_segment_header.ipynb": NOTEBOOK}).read_bytes()
    deep = packed(tmp_path / "deep.zip", {"더.zip": inner}).read_bytes()
    file = packed(tmp_path / "outer.zip", {"김철수/과제.zip": inner, "이영희/과제.zip": deep})
    found = {one.name: one for one in members(file)}
    one = found["김철수/과제.zip/02_segment_header.ipynb"]
    assert read_member(file, one.path) == NOTEBOOK
    assert "이영희/과제.zip/더.zip" in found, "두 겹보다 깊은 것은 열지 않는다"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nothing", b"<html>login</html>"])
def test_a_broken_zip_is_someones_unreadable_submission(tmp_path, data: bytes) -> None:
    (tmp_path / "김철수.zip").write_bytes(data)
    (one,) = collect(tmp_path).submissions
    assert one.name == "김철수.zip" and "깨졌습니다" in one.trouble


def test_encrypted_and_corrupted_members(tmp_path) -> None:
    file = packed(tmp_path / "a.zip", {"a.ipynb": NOTEBOOK}, zipfile.ZIP_STORED)
    (one,) = members(file)
    good = file.read_bytes()
    file.write_bytes(good.replace(NOTEBOOK[:20], b"?" * 20))
    with pytest.raises(Unreadable, match="깨졌습니다"):
        read_member(file, one.path)
    locked = bytearray(good)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(bytes(locked))
    assert "암호" in troubles(file)["a.ipynb"]


def test_a_whole_class_in_one_zip(tmp_path) -> None:
    """Moodle이 내려 주는 꼴 그대로: 폴더에 두어도, zip을 바로 주어도 같은 제출물이다."""
    info = zipfile.ZipInfo("이영희_78_assignsubmission_file_/02.ipynb", (2026, 3, 11, 0, 20, 0))
    moodle = {"김철수_77_assignsubmission_file_/02.ipynb": NOTEBOOK, info: NOTEBOOK, "읽어 보세요.txt": b""}
    file = packed(tmp_path / "과제2.zip", moodle)
    direct, inside = collect(file), collect(tmp_path)
    assert [one.student for one in direct.submissions] == ["김철수", "이영희"]
    assert [one.guess.person.lms for one in inside.submissions] == ["77", "78"]
    assert (direct.ignored, inside.ignored) == (("읽어 보세요.txt",), ("과제2.zip/읽어 보세요.txt",))
    assert direct.submissions[1].modified is not None
    assert read_member(file, inside.submissions[0].member) == NOTEBOOK


def test_many_members_are_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    file = packed(tmp_path / "a.zip", {f"{n}.ipynb": b"{}" for n in range(3)})
    with pytest.raises(Unreadable, match="너무 많습니다"):
        list(members(file))


def test_a_linked_zip_is_not_followed(tmp_path) -> None:
    packed(tmp_path / "진짜.bin", {"a.ipynb": NOTEBOOK})
    try:
        (tmp_path / "링크.zip").symlink_to(tmp_path / "진짜.bin")
    except OSError:
        pytest.skip("이 컴퓨터에서는 링크를 만들 수 없다")
    with pytest.raises(Unreadable, match="심볼릭 링크"):
        list(members(tmp_path / "링크.zip"))


def test_reading_never_extracts(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "extract", None)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    file = packed(tmp_path / "a.zip", {"a.ipynb": NOTEBOOK})
    (one,) = members(file)
    assert read_member(file, one.path) == NOTEBOOK


def test_the_class_zip_is_opened_once(tmp_path, monkeypatch) -> None:
    """제출물마다 목록을 다시 읽으면 사람 수의 제곱으로 느려진다. 파일이 바뀌면 다시 연다."""
    file = packed(tmp_path / "a.zip", {f"{n}.ipynb": NOTEBOOK for n in range(5)})
    found, opened, real = list(members(file)), [], archive._opened
    monkeypatch.setattr(archive, "_opened", lambda path: opened.append(path) or real(path))
    assert {read_member(file, one.path) for one in found} == {NOTEBOOK}
    assert len(opened) == 1
    packed(file, {"0.ipynb": b"{}"})
    assert read_member(file, (0,)) == b"{}" and len(opened) == 2
