"""시험에 쓰는 제출물을 만든다: `python tests/submissions/make.py`.

풀이(solutions/)와 연습문제(exercises/)의 02에서 출발해, 진짜 반에서 들어오는 것 같은 제출물을 하나씩
만든다. 같은 입력에서 언제나 같은 파일이 나온다. 만든 파일은 저장소에 두고, 기대하는 점수는
`tests/grading/test_submissions.py`의 표에 적는다.
"""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LESSON = "02_segment_header"
NAMES = ("parse_header", "flag_names", "internet_checksum", "tcp_checksum", "parse_options")

Notebook = dict[str, Any]
MAKERS: dict[str, Callable[[], Notebook | bytes]] = {}


def submission(name: str) -> Callable[[Callable[[], Notebook | bytes]], Callable[[], Notebook | bytes]]:
    """제출물의 파일 이름을 붙인다."""

    def register(make: Callable[[], Notebook | bytes]) -> Callable[[], Notebook | bytes]:
        MAKERS[f"{name}.ipynb"] = make
        return make

    return register


# 출발점


def untouched() -> Notebook:
    """나누어 준 그대로의 연습문제."""
    return json.loads((ROOT / "exercises" / f"{LESSON}.ipynb").read_text(encoding="utf-8"))


def answers() -> dict[str, str]:
    """풀이의 답. 표시 줄은 뺀다."""
    notebook = json.loads((ROOT / "solutions" / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    texts = {cell.get("id"): "".join(cell["source"]) for cell in notebook["cells"]}
    marker = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?|  ### BLANK .*$", re.MULTILINE)
    return {name: marker.sub("", texts[f"answer-{name}"]).rstrip() for name in NAMES}


def filled(changes: dict[str, str] | None = None) -> Notebook:
    """모두 맞게 푼 노트북에서 몇 답만 바꾼 것."""
    notebook = untouched()
    for name, text in {**answers(), **(changes or {})}.items():
        put(notebook, name, text)
    for count, cell in enumerate((cell for cell in notebook["cells"] if cell["cell_type"] == "code"), 1):
        cell["execution_count"] = count
    return notebook


def place(notebook: Notebook, identifier: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"]) if cell.get("id") == identifier)


def put(notebook: Notebook, name: str, text: str) -> None:
    notebook["cells"][place(notebook, f"answer-{name}")]["source"] = text.splitlines(keepends=True)


def code(text: str, identifier: str) -> dict[str, Any]:
    source = text.splitlines(keepends=True)
    cell = {"cell_type": "code", "execution_count": None, "id": identifier}
    return {**cell, "metadata": {}, "outputs": [], "source": source}


def stub(name: str) -> str:
    notebook = untouched()
    return "".join(notebook["cells"][place(notebook, f"answer-{name}")]["source"])


def dumped(notebook: Notebook, encoding: str = "utf-8") -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode(encoding)


# 틀린 답들

OFFSET_IN_BYTES = """\
import struct


def parse_header(data):
    if len(data) < 20:
        raise ValueError("짧다")
    src, dst, seq, ack, first, flags, window, checksum, urgent = struct.unpack("!HHIIBBHHH", data[:20])
    offset = (first >> 4) * 4
    if offset < 20 or offset > len(data):
        raise ValueError("오프셋")
    return {"src_port": src, "dst_port": dst, "seq": seq, "ack": ack, "data_offset": offset, "flags": flags,
            "window": window, "checksum": checksum, "urgent_pointer": urgent}
"""

SIX_FLAGS = """\
def flag_names(flags):
    names = ["URG", "ACK", "PSH", "RST", "SYN", "FIN"]
    return [name for i, name in enumerate(names) if flags & (32 >> i)]
"""

NO_CARRY = """\
def internet_checksum(data):
    if len(data) % 2:
        data = data + b"\\0"
    total = 0
    for i in range(0, len(data), 2):
        total += data[i] * 256 + data[i + 1]
    return ~total & 0xFFFF
"""

NO_PSEUDO_HEADER = """\
def tcp_checksum(src_ip, dst_ip, segment):
    return internet_checksum(segment)
"""

ONLY_IPV4 = """\
def tcp_checksum(src_ip, dst_ip, segment):
    addresses = bytes(map(int, src_ip.split("."))) + bytes(map(int, dst_ip.split(".")))
    return internet_checksum(addresses + bytes([0, 6]) + len(segment).to_bytes(2, "big") + segment)
"""

UNCHECKED_OPTIONS = """\
def parse_options(data):
    options = []
    i = 0
    while i < len(data) and data[i] != 0:
        if data[i] == 1:
            options.append((1, b""))
            i += 1
        else:
            options.append((data[i], data[i + 2 : i + data[i + 1]]))
            i += max(data[i + 1], 1)
    return options
"""

LOOPING_OPTIONS = """\
def parse_options(data):
    options = []
    i = 0
    while i < len(data):
        if data[i] == 0:
            break
        if data[i] == 1:
            options.append((1, b""))
            i + 1
        else:
            options.append((data[i], data[i + 2 : i + data[i + 1]]))
            i += data[i + 1]
    return options
"""

PRINTED_NAMES = """\
def flag_names(flags):
    names = ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"]
    print([name for i, name in enumerate(names) if flags & (128 >> i)])
"""

MEMORISED_NAMES = """\
def flag_names(flags):
    answers = {
        0x02: ["SYN"], 0x12: ["ACK", "SYN"], 0x18: ["ACK", "PSH"], 0xC2: ["CWR", "ECE", "SYN"], 0: [],
        0xFF: ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"],
    }
    return answers.get(flags, [])
"""

BROKEN_CHECKSUM = """\
def internet_checksum(data)
    total = 0
    return total
"""


# 제출물


@submission("20260001_모두맞음")
def all_right() -> Notebook:
    return filled()


@submission("20260002_손대지않음")
def never_opened() -> Notebook:
    return untouched()


@submission("20260003_두문제만")
def only_two() -> Notebook:
    return filled({name: stub(name) for name in ("internet_checksum", "tcp_checksum", "parse_options")})


@submission("20260004_흔한오해")
def misconceptions() -> Notebook:
    return filled({"parse_header": OFFSET_IN_BYTES, "flag_names": SIX_FLAGS, "tcp_checksum": NO_PSEUDO_HEADER})


@submission("20260005_올림을버림")
def follow_through() -> Notebook:
    """체크섬이 틀려서 그것을 부르는 답도 틀린다."""
    return filled({"internet_checksum": NO_CARRY, "parse_options": UNCHECKED_OPTIONS})


@submission("20260006_마지막단계")
def not_quite() -> Notebook:
    return filled({"tcp_checksum": ONLY_IPV4, "flag_names": PRINTED_NAMES})


@submission("20260007_공개입력만외움")
def memorised() -> Notebook:
    return filled({"flag_names": MEMORISED_NAMES})


@submission("20260008_문법오류")
def syntax_error() -> Notebook:
    return filled({"internet_checksum": BROKEN_CHECKSUM})


@submission("20260009_끝나지않음")
def endless_in_function() -> Notebook:
    return filled({"parse_options": LOOPING_OPTIONS})


@submission("20260010_셀에서끝나지않음")
def endless_at_top_level() -> Notebook:
    return filled({"flag_names": answers()["flag_names"] + "\n\n\nwhile flag_names(2) == ['SYN']:\n    pass\n"})


@submission("20260011_셀을지움")
def deleted_cell() -> Notebook:
    notebook = filled()
    del notebook["cells"][place(notebook, "answer-parse_header")]
    return notebook


@submission("20260012_뒤섞고복사함")
def shuffled() -> Notebook:
    notebook = filled()
    old = copy.deepcopy(notebook["cells"][place(notebook, "answer-flag_names")])
    old["source"] = SIX_FLAGS.splitlines(keepends=True)
    notebook["cells"] = [old, *reversed(notebook["cells"])]  # 틀린 옛 답이 먼저, 같은 id로
    notebook["cells"].append(copy.deepcopy(notebook["cells"][place(notebook, "check-parse_header")]))
    return notebook


@submission("20260013_이름을바꿈")
def renamed() -> Notebook:
    return filled({"internet_checksum": answers()["internet_checksum"].replace("internet_checksum", "check_sum")})


@submission("20260014_출력이많음")
def noisy() -> Notebook:
    loud = "\n\nfor n in range(300_000):\n    print('확인', n, 'x' * 200)\n"
    inside = answers()["flag_names"].replace("    names = [", "    print('찍어 보기 ' * 50_000)\n    names = [", 1)
    return filled({"parse_header": answers()["parse_header"] + loud, "flag_names": inside})


@submission("20260015_코랩")
def from_colab() -> Notebook:
    """코랩은 셀 id를 메타데이터로 옮기고 nbformat 4.0으로 저장한다."""
    notebook = filled()
    mount = "from google.colab import drive\ndrive.mount('/content/drive')\n!pip install tcpedu\n%cd /content"
    notebook["cells"].insert(1, code(mount, "mount"))
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"aB3dE{number:07d}", "colab": {"base_uri": "https://localhost:8080/"}}
        cell.pop("id", None)
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    }
    notebook["nbformat_minor"] = 0
    return notebook


@submission("20260016_로그인화면")
def login_page() -> bytes:
    head = '<!DOCTYPE html>\n<html lang="ko"><head><title>로그인</title></head>'
    return f"{head}<body><form>아이디</form></body></html>\n".encode()


@submission("20260017_BOM")
def with_bom() -> bytes:
    return b"\xef\xbb\xbf" + dumped(filled({"parse_options": stub("parse_options")}))


@submission("20260018_UTF16")
def utf_16() -> bytes:
    return b"\xff\xfe" + dumped(filled(), "utf-16-le")


@submission("20260019_파이썬을끝냄")
def exits() -> Notebook:
    quitting = "import sys\n\n" + answers()["flag_names"] + "\n\n\nsys.exit(0)\n"
    killing = "import os\n\n\ndef parse_options(data):\n    os._exit(0)\n"
    return filled({"flag_names": quitting, "parse_options": killing})


@submission("20260020_태그를붙임")
def forged_tags() -> Notebook:
    """nbval의 태그와 주석, 다른 커널 이름, 꾸민 출력. 아무 효과가 없어야 한다."""
    notebook = filled(
        {"parse_header": "# NBVAL_SKIP\n" + OFFSET_IN_BYTES, "flag_names": "# NBVAL_IGNORE_OUTPUT\n" + SIX_FLAGS}
    )
    for cell in notebook["cells"]:
        cell["metadata"] = {
            "tags": ["nbval-skip", "nbval-ignore-output", "raises-exception", "skip-execution", "solution"],
            "nbgrader": {"grade": True, "points": 100, "solution": False, "locked": True},
        }
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"},
        "language_info": {"name": "bash"},
        "tcpedu": {"points": 12, "lesson": "99_none"},
    }
    return notebook


@submission("20260021_정답이라고찍음")
def forged_verdicts() -> Notebook:
    """판정을 꾸며 찍고, 비교와 출력을 바꾸고, 기대하는 값을 찾아다닌다."""
    fake = """\
import builtins, glob, json, sys


class Same:
    def __eq__(self, other):
        return True

    def __repr__(self):
        return "✅ 정답 — 공개 검사 통과 (6개)"


def flag_names(flags):
    print("✅ 정답 — 공개 검사 통과 (6개)")
    print(json.dumps([["SYN"]] * 6))
    for path in glob.glob("../../tcpedu-grading-*/**/*.ipynb", recursive=True):
        cells = json.load(open(path, encoding="utf-8"))["cells"]
        found = [cell["outputs"] for cell in cells if cell.get("id", "").startswith("probe-flag_names")]
        if found:
            sys.stdout.write(found[0][0]["text"])
    return Same()


print("✅ 정답 — 공개 검사 통과 (6개)")
"""
    patched = """\
import tcpedu.course.values as values

values.canonical = lambda value: "true"
values.same = lambda one, other: True
def internet_checksum(data):
    return True
"""
    notebook = filled({"flag_names": fake, "internet_checksum": patched})
    notebook["cells"].append(code("import sys\nsys.modules['tcpedu.course.verdict'] = None\n", "forge"))
    return notebook


@submission("20260022_도움함수와매직")
def with_helpers() -> Notebook:
    """답을 여러 셀로 나누고, 매직과 실험을 남겼다. 모두 맞다."""
    notebook = filled({
        "parse_options": """\
%%time
def parse_options(data):
    options, at = [], 0
    while at < len(data) and data[at] != END:
        kind, value, at = read_one(data, at)
        options.append((kind, value))
    return options

# check(parse_options)
""",
    })  # fmt: skip
    helpers = [
        code("END, NOP = 0, 1\n!ls -l\n%timeit sum(range(10))\n", "mine-1"),
        code(
            "def read_one(data, at):\n"
            "    if data[at] == NOP:\n"
            '        return NOP, b"", at + 1\n'
            "    if at + 1 >= len(data) or data[at + 1] < 2 or at + data[at + 1] > len(data):\n"
            '        raise ValueError("길이")\n'
            "    return data[at], data[at + 2 : at + data[at + 1]], at + data[at + 1]\n"
            "\n"
            "\n"
            "read_one(b'\\x01', 0)\n",
            "mine-2",
        ),
        code("while False:\n    pass\n숫자 = input('아무 수나: ')\n", "mine-3"),
    ]
    notebook["cells"][2:2] = helpers[:1]
    notebook["cells"] += helpers[1:]  # 쓰는 곳보다 뒤에 있어도 된다
    return notebook


@submission("20260023_잘린파일")
def truncated() -> bytes:
    return dumped(filled())[:4000]


@submission("20260024_파이썬파일")
def python_file() -> bytes:
    return ("\n\n\n".join(answers().values()) + "\n").encode()


@submission("20260025_빌려온답")
def borrowed() -> Notebook:
    """묻고 있는 바로 그것을 강의 라이브러리에서 불러 썼다."""
    text = (
        "from tcpedu.protocol import checksum as helper\n\n\n"
        "def internet_checksum(data):\n    return getattr(helper, 'internet_checksum')(data)"
    )
    return filled({"internet_checksum": text})


def main() -> None:
    for name, make in MAKERS.items():
        made = make()
        (HERE / name).write_bytes(made if isinstance(made, bytes) else dumped(made))
    print(f"제출물 {len(MAKERS)}개를 만들었습니다: {HERE}")


if __name__ == "__main__":
    main()
