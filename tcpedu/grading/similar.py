"""거의 같은 답: 이름과 주석을 지운 뒤의 글자 조각을 견준다. 교사에게 보여 줄 뿐 점수는 바꾸지 않는다.

지문은 답을 이루는 낱말을 k개씩 이은 조각의 해시 가운데 창마다 가장 작은 것이다(winnowing: Schleimer,
Wilkerson, Aiken, SIGMOD 2003). 풀이에 있는 조각과 반의 많은 사람이 쓴 조각은 누구나 쓰는 것이므로 뺀다.
"""

import ast
import hashlib
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tcpedu.grading.result import State, Status, SubmissionResult

GRAM = 8
WINDOW = 4
LENGTH = 8  # 지문 하나의 16진수 글자 수
LEAST = 10  # 견줄 지문이 이보다 적은 짧은 답은 누구나 비슷하다
ALIKE = 0.8
COMMON = 0.2  # 이만큼의 사람이 쓴 조각은 흔한 조각이다
COMMON_LEAST, COMMON_MOST = 6, 30
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def fingerprint(text: str) -> str:
    """답의 지문. 이름, 주석, 설명글, 줄바꿈은 지문을 바꾸지 않는다.

    >>> fingerprint("def f(a): # 주석\\n  return a + 1") == fingerprint("def f(x):\\n    return x + 1")
    True
    """
    words = _words(text)
    grams = [_hash(" ".join(words[start : start + GRAM])) for start in range(len(words) - GRAM + 1)]
    chosen = [min(grams[start : start + WINDOW]) for start in range(max(len(grams) - WINDOW + 1, 0))]
    return "".join(sorted(set(chosen)))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=LENGTH // 2).hexdigest()


def _words(text: str) -> list[str]:
    """이름은 모두 같은 낱말로 바꾼 낱말들. 읽을 수 없는 글이면 비었다."""
    try:
        plain = ast.unparse(_without_docstrings(ast.parse(text)))
        tokens = [one for one in tokenize.generate_tokens(io.StringIO(plain).readline) if one.type not in _LAYOUT]
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return []
    # 부르는 메서드와 내장 함수의 이름은 남긴다: 무엇을 하는 코드인지는 그것이 말한다.
    return [_word(tokens, index) for index in range(len(tokens))]


def _word(tokens: Sequence[tokenize.TokenInfo], index: int) -> str:
    token = tokens[index]
    if token.type != tokenize.NAME or keyword.iskeyword(token.string):
        return token.string
    after_dot = index > 0 and tokens[index - 1].string == "."
    return token.string if after_dot else "이름"


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        match getattr(node, "body", None):
            case [ast.Expr(value=ast.Constant()), *rest]:
                node.body = rest or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


@dataclass(frozen=True)
class Pair:
    """거의 같은 두 답."""

    problem: str
    one: str  # 제출물의 파일 이름
    other: str
    likeness: float  # 흔하지 않은 조각 가운데 함께 쓴 것의 비율


def similar_pairs(results: Sequence[SubmissionResult], solutions: Mapping[str, str]) -> list[Pair]:
    """반에서 거의 같은 답의 짝. `solutions`는 문제 이름 → 풀이의 글."""
    answers: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    people: dict[str, object] = {}
    for result in results:
        people[result.file] = result.person if result.person.known else result.file
        for problem in result.problems if result.state is State.GRADED else ():
            if problem.status not in (Status.UNTRIED, Status.MISSING) and problem.name in result.prints:
                answers[problem.name][result.file] = frozenset(_split(result.prints[problem.name]))
    pairs = [
        pair for name, prints in answers.items()
        for pair in _alike(name, prints, frozenset(_split(fingerprint(solutions.get(name, "")))))
        if people[pair.one] != people[pair.other]
    ]  # fmt: skip
    return sorted(pairs, key=lambda pair: (-pair.likeness, pair.problem, pair.one, pair.other))


def _split(prints: str) -> Iterator[str]:
    return (prints[start : start + LENGTH] for start in range(0, len(prints), LENGTH))


def _alike(problem: str, prints: Mapping[str, frozenset[str]], usual: frozenset[str]) -> Iterator[Pair]:
    """흔하지 않은 조각을 함께 쓴 사람끼리만 견주므로 사람이 많아도 오래 걸리지 않는다."""
    counts = Counter(gram for grams in prints.values() for gram in grams)
    limit = min(max(COMMON_LEAST, COMMON * len(prints)), COMMON_MOST)
    rare = {gram for gram, count in counts.items() if count <= limit} - usual
    own = {file: grams & rare for file, grams in prints.items() if len(grams & rare) >= LEAST}
    sharing: dict[str, list[str]] = defaultdict(list)
    for file in sorted(own):
        for gram in own[file]:
            sharing[gram].append(file)
    together = Counter(pair for files in sharing.values() for pair in combinations(files, 2))
    for (one, other), shared in sorted(together.items()):
        likeness = shared / max(len(own[one]), len(own[other]))
        if likeness >= ALIKE:
            yield Pair(problem, one, other, round(likeness, 2))
