"""거의 같은 답: 이름과 주석을 바꾸어도 찾고, 누구나 쓰는 답은 말하지 않으며, 점수는 바꾸지 않는다."""

import random

import pytest

from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person
from tcpedu.grading.similar import LEAST, LENGTH, fingerprint, similar_pairs

ODD = """
def parse_options(data):
    found = {}
    place = 0
    while place < len(data):
        kind = data[place]
        if kind == 0:
            break
        if kind == 1:
            place += 1
            continue
        size = data[place + 1]
        body = bytes(reversed(bytes(reversed(data[place + 2 : place + size]))))
        if kind == 2:
            found["mss"] = body[0] * 256 + body[1]
        elif kind == 3:
            found["scale"] = body[0]
        place = place + max(size, 2)
    return found
"""
DISGUISED = ODD.replace("found", "answer").replace("place", "i").replace("body", "rest").replace("size", "n")
DISGUISED = DISGUISED.replace("    answer = {}", '    """내가 썼다."""\n    answer = {}  # 결과')
USUAL = """
def parse_options(data):
    options, index = {}, 0
    while index < len(data) and data[index] != 0:
        if data[index] == 1:
            index += 1
            continue
        kind, length = data[index], data[index + 1]
        value = data[index + 2 : index + length]
        options[kind] = int.from_bytes(value, "big") if value else True
        index += length
    return [options.get(kind) for kind in (2, 3, 4, 5, 8)]
"""


def submission(name: str, text: str, status: Status = Status.WRONG, person: Person | None = None) -> SubmissionResult:
    problem = ProblemResult("parse_options", "옵션", status, 0, 3)
    prints = {"parse_options": fingerprint(text)}
    person = person or Person(number=name)
    return SubmissionResult(name, name, State.GRADED, "02", (problem,), prints=prints, person=person)


def filler(seed: int) -> str:
    """저마다 다른 답."""
    rng = random.Random(seed)
    lines = [
        f"    x.{rng.choice('abcdef')}{rng.randrange(99)}({rng.randrange(999)}, {rng.random():.3f})" for _ in range(12)
    ]
    return "def parse_options(x):\n" + "\n".join(lines)


CLASS = [submission(f"s{n}", filler(n)) for n in range(20)]


def test_a_disguised_copy_is_listed() -> None:
    assert fingerprint(ODD) == fingerprint(DISGUISED) != ""
    (pair,) = similar_pairs([*CLASS, submission("a", ODD), submission("b", DISGUISED)], {"parse_options": USUAL})
    assert (pair.problem, pair.one, pair.other, pair.likeness) == ("parse_options", "a", "b", 1.0)


def test_a_small_change_is_still_a_copy() -> None:
    changed = ODD.replace('found["scale"] = body[0]', 'found["scale"] = int(body[0])')
    (pair,) = similar_pairs([*CLASS, submission("a", ODD), submission("b", changed)], {})
    assert 0.8 <= pair.likeness < 1


def test_the_solution_everyone_writes_is_not_a_copy() -> None:
    assert similar_pairs([submission("a", USUAL), submission("b", USUAL)], {"parse_options": USUAL}) == []
    many = [submission(f"u{n}", USUAL) for n in range(8)]
    assert similar_pairs([*CLASS, *many], {}) == []


def test_small_answers_are_left_out() -> None:
    small = "def f(seq, other):\n    return 0 < (other - seq) % 2**32 < 2**31"
    assert len(fingerprint(small)) // LENGTH < LEAST
    assert similar_pairs([submission("a", small), submission("b", small)], {}) == []


def test_own_resubmission_and_untried_answers_are_left_out() -> None:
    me = Person(number="0012")
    assert similar_pairs([submission("a", ODD, person=me), submission("a-1", ODD, person=me)], {}) == []
    assert similar_pairs([submission("a", ODD, Status.UNTRIED), submission("b", ODD, Status.UNTRIED)], {}) == []


def test_nobody_is_punished() -> None:
    results = [submission("a", ODD, Status.CORRECT), submission("b", ODD, Status.CORRECT)]
    before = [one.to_dict() for one in results]
    assert len(similar_pairs(results, {})) == 1 and [one.to_dict() for one in results] == before


@pytest.mark.parametrize("text", ["", "def f(", "x" * 10, "\x00", "(" * 5000])
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert isinstance(fingerprint(text), str)


def test_a_big_class_is_quick() -> None:
    """흔한 조각을 빼므로 사람의 제곱으로 늘지 않는다. 넉넉한 한도는 멈춤을 막을 뿐이다."""
    results = [submission(f"s{n}", USUAL if n % 2 else filler(n)) for n in range(1000)]
    assert similar_pairs(results, {}) == []
