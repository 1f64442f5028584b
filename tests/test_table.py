"""A table as text that fits on a page, and as HTML."""

import re

import pytest

from course.table import WIDTH, Table, wrapped

TALL = Table(
    "Things", ("name", "size", "what it is"), (("one", "7", "short"), ("<two>", "12.5", "word " * 60)), "A note."
)


def test_columns_stand_below_each_other_and_numbers_at_the_right():
    table = Table("Things", ("name", "size"), (("one", "7"), ("a longer one", "12.5"), ("none", "")))

    assert repr(table).splitlines() == [
        "Things",
        "name          size",
        "one              7",
        "a longer one  12.5",
        "none",
    ]


def test_a_cell_that_is_too_long_goes_on_below_itself():
    lines = repr(TALL).splitlines()

    assert max(map(len, lines)) <= WIDTH
    assert lines[-1] == "A note."
    places = {line.index("word") for line in lines if "word" in line}
    assert len(places) == 1
    assert " ".join(lines).count("word") == 60


def test_all_columns_give_way_where_all_are_long():
    table = Table("", ("a", "b"), (("x" * 300, "y" * 300),))
    lines = repr(table).splitlines()

    assert max(map(len, lines)) == WIDTH
    assert sum(line.count("x") for line in lines) == sum(line.count("y") for line in lines) == 300


def test_a_table_without_rows_has_a_head():
    assert repr(Table("Nothing", ("a", "b"), ())) == "Nothing\na  b"
    assert "<thead><tr><th" in Table("Nothing", ("a", "b"), ())._repr_html_()


def test_the_html_names_columns_and_rows_and_escapes():
    html = TALL._repr_html_()

    assert html.count('scope="col"') == 3
    assert html.count('<th scope="row"') == 2
    assert re.search(r"<caption[^>]*>Things</caption>", html)
    assert "&lt;two&gt;" in html
    assert html.endswith("<p>A note.</p>")
    assert 'text-align:right;vertical-align:top;white-space:nowrap">12.5<' in html


def test_a_marked_row_stands_out():
    table = Table("", ("a",), (("x",), ("y",)), marked=frozenset({1}))

    assert re.findall(r'<tr style="font-weight:bold"><th[^>]*>(.)<', table._repr_html_()) == ["y"]


def test_rows_that_are_too_short_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        repr(Table("", ("a", "b"), (("x",),)))


def test_a_text_in_lines_keeps_words_with_hyphens():
    assert wrapped("FIN-WAIT-1 " * 3, 14, "  ") == ["FIN-WAIT-1", "  FIN-WAIT-1", "  FIN-WAIT-1"]
    assert wrapped("") == []
