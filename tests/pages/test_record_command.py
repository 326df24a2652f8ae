"""``scrapy record`` as a person runs it: from an address, from a WARC, again, and wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kcnacrawl.replica.replica import Replica

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "tests" / "pages" / "kcnawatch" / "article_english" / "page.html"
URL = "https://kcnawatch.org/newstream/1750885366-665971553/songbawi-kiln/"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica() as served:
        yield served


def record(folder: Path, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    command = [sys.executable, "-m", "scrapy", "record", "--folder", folder, *arguments]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def load(case: Path, name: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((case / name).read_text("utf-8"))
    return loaded


def test_from_an_address_with_one_honest_request(replica: Replica, tmp_path: Path) -> None:
    truth, path = next(zip(replica.truth(), replica.paths(), strict=True))
    status, shown, complaint = record(tmp_path, "site/case", replica.url + path)
    assert (status, complaint) == (0, "")
    case = tmp_path / "site" / "case"
    found = load(case, "expected.json")
    assert found["reviewed"] is False
    assert (found["title"], found["body_raw"]) == (truth["title"], truth["body_raw"])
    assert shown.startswith((case / "expected.json").read_text("utf-8"))
    assert "until then the test fails" in shown
    assert load(case, "meta.json")["status"] == 200
    (seen,) = replica.requests
    assert seen.target == path
    assert any(value.startswith("kcnacrawl/") for name, value in seen.headers.items() if name.lower() == "user-agent")


def test_from_a_warc(tmp_path: Path) -> None:
    warc = tmp_path / "one.warc.gz"
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=UTF-8")], protocol="HTTP/1.1")
    with warc.open("wb") as out, PAGE.open("rb") as body:
        writer = WARCWriter(out, gzip=True)
        writer.write_record(writer.create_warc_record(URL, "response", payload=body, http_headers=headers))
    assert record(tmp_path, "site/case", "--warc", warc, "--offset", "0")[0] == 0
    case = tmp_path / "site" / "case"
    assert (case / "page.html").read_bytes() == PAGE.read_bytes()
    approved = load(PAGE.parent, "expected.json") | {"reviewed": False}
    assert load(case, "expected.json") == approved


def test_again_replaces_the_expectation_alone(tmp_path: Path) -> None:
    case = tmp_path / "site" / "case"
    case.mkdir(parents=True)
    for name in ("page.html", "meta.json"):
        (case / name).write_bytes((PAGE.parent / name).read_bytes())
    (case / "expected.json").write_text('{"reviewed": true}')
    assert record(tmp_path, "--refresh", "site/case")[0] == 0
    assert load(case, "expected.json") == load(PAGE.parent, "expected.json") | {"reviewed": False}
    assert (case / "page.html").read_bytes() == PAGE.read_bytes()


def test_a_plain_name_goes_under_the_site_of_the_page(replica: Replica, tmp_path: Path) -> None:
    url = replica.url + next(iter(replica.paths()))
    assert record(tmp_path, "plain-article", url)[0] == 0
    case = tmp_path / "kcnawatch" / "plain-article"
    assert load(case, "expected.json")["reviewed"] is False
    asked = len(replica.requests)
    status, shown, complaint = record(tmp_path, "plain-article", url)
    assert (status, shown, len(replica.requests)) == (1, "", asked)
    again = f"scrapy record --refresh --folder {tmp_path} kcnawatch/plain-article"
    assert complaint == f"scrapy record: {case} is there already; `{again}` reads its page again.\n"
    (case / "expected.json").unlink()
    assert record(tmp_path, *again.split()[2:])[0] == 0
    assert record(tmp_path, "--refresh", "plain-article")[0] == 0
    assert (case / "expected.json").exists()


def test_a_name_that_is_several_cases_is_asked_back(tmp_path: Path) -> None:
    for site in ("a", "b"):
        (tmp_path / site / "x").mkdir(parents=True)
    complaint = "scrapy record: Several cases are named x; say a/x or b/x.\n"
    assert record(tmp_path, "--refresh", "x") == (1, "", complaint)


def test_a_case_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "site" / "case").mkdir(parents=True)
    status, shown, complaint = record(tmp_path, "site/case", "--warc", tmp_path / "none.warc.gz", "--offset", "0")
    assert (status, shown) == (1, "")
    assert "is there already" in complaint


def test_a_folder_that_cannot_be_written_is_a_sentence(replica: Replica, tmp_path: Path) -> None:
    (tmp_path / "site").touch()
    status, shown, complaint = record(tmp_path, "site/case", replica.url + next(iter(replica.paths())))
    assert (status, shown) == (1, "")
    assert complaint == f"scrapy record: {tmp_path / 'site' / 'case'}: Not a directory.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--refresh", "site/none"), "is no recorded case."),
        (("site/x", "http://127.0.0.1:9/"), "http://127.0.0.1:9/ could not be fetched: Connection refused."),
        (("site/x", "file:///etc/hostname"), "is no http or https address."),
        (("site/../../x", "http://127.0.0.1:9/"), "is no name of a case: a-z, 0-9, - and _, as in case or site/case."),
    ],
)
def test_errors_are_a_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    status, shown, complaint = record(tmp_path, *arguments)
    assert (status, shown) == (1, "")
    assert complaint.startswith("scrapy record: ")
    assert sentence in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        ((), "Name the case: a name of its own, or site/case."),
        (("x",), "Say where the page comes from: one address, or --warc and --offset."),
        (("x", "http://127.0.0.1:9/", "y"), "Say where the page comes from: one address, or --warc and --offset."),
        (("x", "--offset", "3"), "--warc and --offset are only of use together."),
        (("x", "http://127.0.0.1:9/", "--offset", "3", "--warc", "a"), "The page comes from an address or from --warc"),
        (("x", "y", "--refresh"), "--refresh takes the name of a case and nothing else."),
    ],
)
def test_wrong_arguments_are_usage(arguments: tuple[str, ...], cause: str, tmp_path: Path) -> None:
    status, shown, complaint = record(tmp_path, *arguments)
    assert (status, shown) == (2, "")
    assert f": error: {cause}" in complaint
