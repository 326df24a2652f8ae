"""What leads into files that are not there, told once for each file."""

from __future__ import annotations

import json
from pathlib import Path

from kcnacrawl.archive.accounts import written_until
from kcnacrawl.archive.lint.absent import Absent
from kcnacrawl.archive.lint.finding import Finding, Lack

OLD, NEW = "a-20260301000000-00000-here.warc.gz", "a-20260302000000-00000-here.warc.gz"
RESTORE = "bring the file back from a copy."


def article(record: str | None = None, file: str = OLD) -> Finding:
    return Finding("a.jsonl", 1, None, "x does not exist", "", lack=Lack("article", file, record))


def revisit(record: str, date: str, offset: int = 7) -> Finding:
    return Finding(NEW, offset, "<new>", "its original is gone", "look", lack=Lack("revisit", None, record, date))


def told(*findings: Finding, present: tuple[str, ...] | None = (NEW,), ends: dict[str, str] | None = None) -> list[str]:
    absent = Absent()
    assert all(map(absent.takes, findings))
    return [str(finding) for finding in absent.answer(Path("warc"), present, ends)]


def test_other_findings_are_left_alone() -> None:
    assert not Absent().takes(Finding("a", None, None, "b", "c"))
    assert told() == []


def test_each_missing_file_is_one_finding() -> None:
    line = Finding("index.cdxj", 1, None, "it leads there", "", lack=Lack("line", OLD))
    assert told(article(), article(), line, article(file="gone.warc.gz")) == [
        f"warc/{OLD}: it is not there, and 2 articles and 1 line of an index lead into it; {RESTORE}",
        f"warc/gone.warc.gz: it is not there, and 1 article leads into it; {RESTORE}",
    ]


def test_a_receipt_tells_where_the_original_of_a_revisit_was() -> None:
    assert told(article("<a>"), revisit("<a>", "2025-01-01T00:00:00Z")) == [
        f"warc/{OLD}: it is not there, and 1 article and 1 revisit lead into it; {RESTORE}"
    ]


def test_of_others_the_file_that_was_being_written_then_is_missed() -> None:
    missed = told(article(), revisit("<b>", "2026-03-01T00:00:05Z"))
    assert missed == [f"warc/{OLD}: it is not there, and 1 article and 1 revisit lead into it; {RESTORE}"]
    # A file that is there was being written then, so nobody knows where the original was.
    assert told(article(), revisit("<b>", "2026-03-02T00:00:05Z")) == [
        f"warc/{OLD}: it is not there, and 1 article leads into it; {RESTORE}",
        f"{NEW}:7: record <new>: its original is gone; look.",
    ]


def test_of_files_begun_in_one_second_that_which_is_not_there_is_missed() -> None:
    later = OLD.replace("-00000-", "-00001-")
    missed = [f"warc/{OLD}: it is not there, and 1 article and 1 revisit lead into it; {RESTORE}"]
    for second in ("00", "05"):
        date = f"2026-03-01T00:00:{second}Z"
        assert told(article(), revisit("<b>", date), present=(later,)) == missed
    # The next file was begun in the very second of the original.
    after = OLD.replace("20260301000000", "20260301000005")
    assert told(article(), revisit("<b>", "2026-03-01T00:00:05Z"), present=(after,)) == missed


def test_of_files_that_were_written_side_by_side_none_is_blamed_alone() -> None:
    beside = OLD.replace("20260301000000", "20260301000500")
    lines = told(article(), article(file=beside), revisit("<b>", "2026-03-01T00:10:00Z"))
    assert [line.partition(": ")[2] for line in lines] == [
        f"it is not there, and 1 article leads into it; {RESTORE}",
        f"it is not there, and 1 article leads into it; {RESTORE}",
        "record <new>: its original is gone; look.",
    ]
    # Nothing but the account of its run names the other.
    ends = {OLD: "20260301002000", beside: "20260301000600"}
    during, after = revisit("<b>", "2026-03-01T00:05:30Z"), revisit("<c>", "2026-03-01T00:10:00Z")
    assert told(article(), during, after, ends=ends) == [
        f"warc/{OLD}: it is not there, and 1 article and 1 revisit lead into it; {RESTORE}",
        f"{NEW}:7: record <new>: its original is gone; look.",
    ]


def test_accounts_tell_which_of_several_nights_is_meant(tmp_path: Path) -> None:
    later = OLD.replace("20260301000000-00000", "20260301001000-00001")
    account = {"warc": [f"output/warc/{OLD}", f"output/warc/{later}"], "finished": "2026-03-01T00:20:00.5Z"}
    (tmp_path / "r.json").write_text(json.dumps(account))
    (tmp_path / "s.json").write_text("none")
    ends = written_until([tmp_path / "r.json", tmp_path / "s.json"])
    assert ends == {OLD: "20260301001000", later: "20260301002000"}
    instants = ("00:05:00", "00:10:01", "00:20:00", "00:20:01")
    assert told(*(revisit(f"<{one}>", f"2026-03-01T{one}Z") for one in instants), ends=ends) == [
        f"warc/{OLD}: it is not there, and 1 revisit leads into it; {RESTORE}",
        f"warc/{later}: it is not there, and 2 revisits lead into it; {RESTORE}",
        f"{NEW}:7: record <new>: its original is gone; look.",
    ]


def test_what_nobody_knows_is_told_once_for_the_file_with_the_revisits() -> None:
    assert told(revisit("<a>", "2026-02-02T00:00:05Z"), revisit("<b>", "2026-02-01T00:00:05Z", 9)) == [
        f"{NEW}:7: record <new>: the originals of 2 revisits in it, from here on, are in none of the files; "
        "bring back what was being written from 2026-02-01T00:00:05Z to 2026-02-02T00:00:05Z."
    ]


def test_a_missing_folder_is_told_instead_of_its_files() -> None:
    line = Finding("index.cdxj", 1, None, "it leads there", "", lack=Lack("line", OLD))
    assert told(article(), line, article(file="gone.warc.gz"), revisit("<a>", ""), present=None) == [
        "warc: there is no such folder, and 2 articles and 1 line of an index lead into its files; bring it back from "
        "a copy, or say with -s WARC_DIR=FOLDER where it is.",
        f"{NEW}:7: record <new>: its original is gone; look.",
    ]
    assert told(present=None) == []


def test_what_leads_into_a_damaged_file_is_told_with_it_once() -> None:
    lacks = [Lack("article", OLD, "<a>", is_there=True), Lack("line", OLD, is_there=True), Lack("other", OLD)]
    findings = [Finding("a", 1, None, "it is damaged", "make it anew", lack=lack) for lack in lacks]
    findings += [revisit("<a>", ""), revisit("<b>", "2026-03-01T00:00:05Z")]
    absent = Absent({OLD: Path("warc") / OLD})
    assert all(map(absent.takes, findings))
    assert str(absent.note(findings[0])) == f"a:1: note: it is damaged; bring warc/{OLD} back from a copy."
    (told,) = absent.answer(Path("warc"), (OLD, NEW))
    clause = "1 article, 2 revisits and 1 line of an index lead into what is damaged in it"
    assert str(told) == f"warc/{OLD}: {clause}; {RESTORE}"
    # What stands before the damage is whole.
    reaching = Absent({OLD: Path("warc") / OLD}, {OLD: 100})
    at = (99, 100, None)
    places = [Finding("a", 1, None, "b", "c", lack=Lack("line", OLD, is_there=True, offset=offset)) for offset in at]
    assert [reaching.takes(finding) for finding in places] == [False, True, True]
    # Of a file that is whole, each is a finding.
    assert not any(map(Absent({NEW: Path("warc") / NEW}).takes, findings[:2]))
