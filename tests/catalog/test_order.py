"""Files stand in the order in which they were written, though clocks were wrong."""

from __future__ import annotations

from kcnacrawl.catalog.heading import Heading
from kcnacrawl.catalog.ledger import STEP
from kcnacrawl.catalog.order import in_order, new_keys


def heading(name: str, opened: str, *, crawl: str = "a", run: str = "", number: int = 1, serial: int = 0) -> Heading:
    return Heading(
        name=name,
        crawl=crawl,
        run=run or crawl,
        spider="mirror",
        arguments="{}",
        number=number,
        began="",
        opened=opened,
        serial=serial,
        counted=number > 0,
    )


def names(*headings: Heading) -> str:
    return "".join(one.name for one in in_order(headings))


def test_by_the_clock_where_nothing_else_tells() -> None:
    assert names(heading("b", "2", number=0, crawl="y"), heading("a", "1", number=0, crawl="z")) == "ab"
    assert (
        names(heading("c", "3", crawl="c", number=2), heading("a", "1", number=0, crawl="x"), heading("b", "2"))
        == "abc"
    )


def test_files_of_a_run_by_their_serial_numbers() -> None:
    assert names(heading("c", "1", serial=2), heading("a", "3", serial=0), heading("b", "2", serial=1)) == "abc"


def test_the_first_run_before_one_that_a_clock_set_back_dates_earlier() -> None:
    assert names(heading("b", "1", run="later"), heading("a", "5")) == "ab"


def test_crawls_by_their_numbers_though_the_clock_was_ahead_for_one() -> None:
    ahead = heading("b", "9", crawl="b", number=2)
    later = heading("c", "3", crawl="c", number=3)
    assert names(later, ahead, heading("a", "1")) == "abc"


def test_crawls_side_by_side_are_interleaved() -> None:
    first = [heading("a", "1"), heading("c", "3", serial=1), heading("e", "5", serial=2)]
    second = [heading("b", "2", crawl="b", number=2), heading("d", "4", crawl="b", number=2, serial=1)]
    assert names(*first, *second) == "abcde"


def test_new_files_find_their_place_between_known_ones() -> None:
    known = {"b": STEP, "e": 2 * STEP}
    keys = new_keys("abcdefg", known)
    merged = known | keys
    assert sorted(merged, key=merged.__getitem__) == list("abcdefg")
    assert keys["f"] == 3 * STEP
    assert keys["g"] == 4 * STEP


def test_the_first_files_are_a_step_apart() -> None:
    assert new_keys("abc", {}) == {"a": STEP, "b": 2 * STEP, "c": 3 * STEP}


def test_where_there_is_no_room_a_file_goes_to_the_end() -> None:
    assert new_keys("abc", {"a": 5, "c": 6}) == {"b": 6 + STEP}
