"""Tables on wide and narrow terminals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_envkernels.cli.tables import table
from jupyter_envkernels.cli.texts import width_of

HEADER = ("NAME", "KERNEL", "SIZE", "PREFIX")
ROWS = [
    ("lesson", "conda-env-lesson-py", "1.2 GB", "/envs/lesson"),
    ("環境", "(It has no kernel because ipykernel is missing.)", "31 MB", "/envs/環境"),
]


def test_one_line_a_row_where_there_is_room() -> None:
    assert table(HEADER, ROWS, right=[2]).splitlines() == [
        "NAME    KERNEL                                              SIZE  PREFIX",
        "lesson  conda-env-lesson-py                               1.2 GB  /envs/lesson",
        "環境    (It has no kernel because ipykernel is missing.)   31 MB  /envs/環境",
    ]


def test_the_last_cell_goes_below_and_the_widest_is_wrapped() -> None:
    assert table(HEADER, ROWS, right=[2], width=45).splitlines() == [
        "NAME    KERNEL                           SIZE",
        "lesson  conda-env-lesson-py            1.2 GB",
        "  /envs/lesson",
        "環境    (It has no kernel because       31 MB",
        "        ipykernel is missing.)",
        "  /envs/環境",
    ]


def test_each_cell_has_a_line_where_there_is_no_room() -> None:
    assert table(HEADER, ROWS[:1], width=20).splitlines() == [
        "lesson",
        "  kernel: conda-env-lesson-py",
        "  size: 1.2 GB",
        "  prefix: /envs/lesson",
    ]


@pytest.mark.parametrize("empty", [("", "", "", ""), ("a", "", "", "")])
def test_empty_cells_take_no_line_of_their_own(empty: tuple[str, ...]) -> None:
    assert "" not in table(HEADER, [empty, *ROWS], width=20).splitlines()


@given(st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), max_size=4), st.integers(1, 120))
def test_any_text_on_any_terminal(rows: list[tuple[str, ...]], width: int) -> None:
    laid_out = table(HEADER, rows, right=[2], width=width)
    assert all(line.isprintable() for line in laid_out.splitlines())
    wide = table(HEADER, rows, right=[2]).splitlines()
    if width >= max(map(width_of, wide)):
        assert laid_out.splitlines() == wide
