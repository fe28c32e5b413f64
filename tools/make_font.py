"""도표에 쓰는 한국어 글꼴을 만든다: NanumGothic에서 쓰는 글자만 남기고 이름을 바꾼다.

    apt-get install fonts-nanum && pip install fonttools
    python tools/make_font.py [/usr/share/fonts/truetype/nanum/NanumGothic.ttf]

남기는 글자: KS X 1001의 한글 2350자, 한글 낱자, ASCII, 그림에 쓰는 기호. 원본에 없는 기호 몇 개는 닮은 글자를 빌린다.
SIL Open Font License는 고친 글꼴이 원래 이름을 쓰지 못하게 하므로 "TCPEdu Gothic"으로 부른다(라이선스는 옆의 OFL.txt).
같은 원본이면 언제나 같은 파일이 나온다.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")
TARGET = Path(__file__).resolve().parents[1] / "tcpedu" / "view" / "fonts" / "TCPEduGothic.ttf"
FAMILY = "TCPEdu Gothic"
SYMBOLS = "←→↑↓↔⇒×÷±≤≥≠≈∞√∑∂Δ…·•‘’“”–—―°²³½μαβγδελπσρτ₩■□●○◆◇▲△▼▽▶◀★☆※①②③④⑤⑥⑦⑧⑨⑩⋯「」『』〈〉《》§†%‰℃"
# 원본에 없는 글자 → 모양을 빌릴 글자
BORROWED = {"−": "–", "✕": "×", "✗": "×", "µ": "μ", "\u00a0": " "}


def ks_x_1001() -> str:
    """KS X 1001의 한글 2350자. EUC-KR에서 두 바이트로 적히는 것이 그것이다."""
    syllables = (chr(code) for code in range(ord("가"), ord("힣") + 1))
    return "".join(letter for letter in syllables if _is_two_bytes(letter))


def _is_two_bytes(letter: str) -> bool:
    try:
        return len(letter.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False


def characters() -> str:
    """남길 글자 전부."""
    ascii_ = "".join(map(chr, range(0x20, 0x7F)))
    jamo = "".join(map(chr, range(0x3131, 0x3164)))
    return ascii_ + jamo + SYMBOLS + ks_x_1001()


def make(source: Path, target: Path) -> None:
    """글꼴을 줄이고, 기호를 빌리고, 이름을 바꾼다."""
    font = TTFont(source, recalcTimestamp=False)
    for table in font["cmap"].tables:
        if table.isUnicode():
            for letter, lender in BORROWED.items():
                if ord(lender) in table.cmap:
                    table.cmap.setdefault(ord(letter), table.cmap[ord(lender)])
    options = subset.Options(
        hinting=False, layout_features=[], glyph_names=False, notdef_outline=True, name_IDs=[0, 5, 8, 9, 11]
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters() + "".join(BORROWED))
    subsetter.subset(font)
    _rename(font)
    font.save(target)


def _rename(font: TTFont) -> None:
    names = font["name"]
    names.names = [record for record in names.names if record.platformID == 3 and record.langID == 0x409]
    license_ = "This Font Software is licensed under the SIL Open Font License, Version 1.1. See OFL.txt."
    texts = {1: FAMILY, 2: "Regular", 3: "1.0;tcpedu;TCPEduGothic", 4: FAMILY, 6: "TCPEduGothic-Regular", 13: license_,
             14: "https://openfontlicense.org", 16: FAMILY, 17: "Regular"}  # fmt: skip
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE, TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size:,}바이트")
