"""소스 보이기: 살아 있는 코드가, 파일의 위치 없이."""

from __future__ import annotations

import inspect

import pytest

from tcpedu.protocol import checksum
from tcpedu.protocol.segment import Segment
from tcpedu.view import show_source


def test_live_source_in_a_fence():
    bundle = show_source(checksum.internet_checksum)._repr_mimebundle_()
    code = inspect.getsource(checksum.internet_checksum).rstrip()
    assert bundle["text/markdown"] == f"`tcpedu.protocol.checksum`\n\n```python\n{code}\n```"
    assert bundle["text/plain"].endswith(code)


@pytest.mark.parametrize("thing", [Segment, Segment.unpack, Segment.length, checksum])
def test_classes_methods_properties_modules(thing):
    text = repr(show_source(thing))
    assert text.startswith("# tcpedu.protocol.")
    assert "/" + "tcpedu" not in text


def test_without_docstring():
    text = repr(show_source(checksum.internet_checksum, doc=False))
    assert '"""' not in text
    assert "return" in text


def test_what_has_no_source_says_so():
    with pytest.raises(ValueError, match="소스 코드를 찾을 수 없습니다"):
        show_source(len)
