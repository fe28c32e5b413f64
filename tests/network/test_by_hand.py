"""손으로 건네는 연결: RFC 2018 §7과 RFC 2883 §4의 표 그대로다."""

import pytest

from tcpedu.network.by_hand import Sending, received
from tcpedu.protocol.config import Config

CASE_3 = [
    ((5000, 5500), 5500, []),
    ((6000, 6500), 5500, [(6000, 6500)]),
    ((7000, 7500), 5500, [(7000, 7500), (6000, 6500)]),
    ((8000, 8500), 5500, [(8000, 8500), (7000, 7500), (6000, 6500)]),
    ((6500, 7000), 5500, [(6000, 7500), (8000, 8500)]),
    ((5500, 6000), 7500, [(8000, 8500)]),
]


def test_rfc_2018_case_1() -> None:
    pieces = [(at, at + 500) for at in range(5000, 7000, 500)]
    assert [(ack, blocks) for _, ack, blocks in received(5000, pieces)] == [(right, []) for _, right in pieces]


def test_rfc_2018_case_2() -> None:
    pieces = [(at, at + 500) for at in range(5500, 9000, 500)]
    assert [tuple(row) for row in received(5000, pieces)] == [(one, 5000, [(5500, one[1])]) for one in pieces]


@pytest.mark.parametrize("timestamps", [False, True])
def test_rfc_2018_case_3(timestamps: bool) -> None:
    answers = received(5000, [piece for piece, _, _ in CASE_3], timestamps=timestamps)
    assert [tuple(row) for row in answers] == CASE_3


@pytest.mark.parametrize(
    ("first", "pieces", "last"),
    [
        (3000, [(3000, 3500), (3500, 4000), (3000, 3500)], (4000, [(3000, 3500)])),
        (3000, [(3000, 3500), (3500, 4000), (4500, 5000), (3000, 3500)], (4000, [(3000, 3500), (4500, 5000)])),
        (3500, [(3500, 4000), (4500, 5000), (5000, 5500), (5000, 5500)], (4000, [(5000, 5500), (4500, 5500)])),
        (500, [(500, 1000), (2000, 2500), (1000, 1500), (1000, 2000)], (2500, [(1000, 1500)])),
    ],
)
def test_rfc_2883_examples_1_to_4(first: int, pieces: list[tuple[int, int]], last: tuple[int, object]) -> None:
    assert received(first, pieces)[-1][1:] == last


def test_the_number_of_blocks_that_fit() -> None:
    pieces = [(at, at + 500) for at in range(6000, 12_000, 1000)]
    assert len(received(5000, pieces)[-1].blocks) == 4
    assert len(received(5000, pieces, timestamps=True)[-1].blocks) == 3


def test_two_definitions_of_a_duplicate_ack() -> None:
    """RFC 5681은 데이터가 실린 것을 세지 않고, RFC 6675는 새 SACK 정보가 있으면 센다."""
    plain, sack = Sending(Config(limited_transmit=False)), Sending(Config(sack=True, limited_transmit=False))
    assert plain.first == list(range(1, 11))
    assert [plain.ack(1, data=10) for _ in range(4)] == [[11, 12], [], [], []]
    out = [sack.ack(1, (3, end), data=10) for end in (3, 4, 5)]
    assert out[-1][0] == 2


def test_without_an_answer_the_timer_sends_the_first_again() -> None:
    assert Sending().wait(1.0) == [1]
