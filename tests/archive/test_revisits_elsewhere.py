"""What other programs read in files with revisits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastWarcIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from tests.archive.checklist import check_file
from tests.archive.nights import BODY, UNCHANGED, Night, original
from tests.archive.samples import STARTED, exchange


def sample_file(folder: Path) -> Path:
    night = Night(folder)
    known = original(night.fetch())
    night.fetch()
    night.fetch(url="http://mirror.example/elsewhere")
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    night.fetch(chunked), night.fetch(chunked)
    night.writer.write(replace(exchange(UNCHANGED, not_modified=known), started=STARTED + timedelta(1)))
    return night.close()


def test_warcio_reads_revisits_and_agrees_with_their_digests(tmp_path: Path) -> None:
    path = sample_file(tmp_path)
    ours = check_file(path)
    assert [one.type for one in ours].count("revisit") == 4
    with path.open("rb") as file:
        theirs = [
            (one.rec_headers.headers, one.raw_stream.read()) for one in WarcioIterator(file, no_record_parse=True)
        ]
    assert theirs == [(one.fields, one.block) for one in ours]
    with path.open("rb") as file:
        for one in WarcioIterator(file, check_digests=True):
            one.raw_stream.read()
            assert one.digest_checker.passed is not False, (one.rec_headers.headers, one.digest_checker.problems)


def test_fastwarc_reads_revisits_and_agrees_with_their_digests(tmp_path: Path) -> None:
    path = sample_file(tmp_path)
    ours = check_file(path)
    seen = []
    for one in FastWarcIterator(str(path), parse_http=False):
        assert one.verify_block_digest()
        seen.append((list(one.headers.items()), one.reader.read()))
    assert seen == [(one.fields, one.block) for one in ours]
