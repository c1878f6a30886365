from __future__ import annotations

from typing import get_args

import pytest

from jupyter_envkernels.errors import InvalidRequest, TooLarge
from jupyter_envkernels.models import ExportFormat
from jupyter_envkernels.server.wire import MAX_BODY, CheckBody, read_body, read_export_format, read_reference


def test_a_body_of_its_class() -> None:
    assert read_body(b'{"text": "a", "channels": true}', CheckBody) == CheckBody("a", None, channels=True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "truncated"),
        (b'{"text": "\xff"}', "utf-8"),
        (b'{"text": 3}', r"`\$\.text`"),
        (b'{"txet": "a"}', "`txet`"),
    ],
    ids=["empty", "no-text", "other-type", "unknown"],
)
def test_what_the_interface_does_not_describe_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(InvalidRequest, match=f"(?i){words}"):
        read_body(body, CheckBody)


def test_a_body_has_a_size() -> None:
    with pytest.raises(TooLarge):
        read_body(b" " * (MAX_BODY + 1), CheckBody)


def test_a_query_names_a_path_and_a_format() -> None:
    assert read_reference("x" * 4096) == "x" * 4096
    with pytest.raises(InvalidRequest):
        read_reference("x" * 4097)
    assert {read_export_format(form) for form in get_args(ExportFormat)} == set(get_args(ExportFormat))
    with pytest.raises(InvalidRequest, match="no format 'docx'"):
        read_export_format("docx")
