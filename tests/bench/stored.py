"""Speed of the archive itself: records written and read, index lines, packages, beside the libraries of the field.

``python -m tests.bench.stored``: everything in turn in one run, on the same pages; ratios count, not figures.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import unquote

from cdxj_indexer.main import CDXJIndexer
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from kcnacrawl.archive.cdxj import sorted_lines
from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica import Replica
from tests.bench import machine
from tests.bench.report import Goal, goal, goal_table
from tests.bench.rounds import environment

STARTED = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """One task, done by this project and by somebody else."""

    task: str
    unit: str
    ours: Callable[[], int]
    others: dict[str, Callable[[], int]]
    """What each gives back is how many units were done."""


def pages(count: int) -> list[Exchange]:
    """Exchanges of article pages, as a server without chunks and compression sends them."""
    with tempfile.TemporaryDirectory() as name:
        paths = Replica(articles=count).write_static(name, pages=count)
        return [_exchange(path, (Path(name) / unquote(path.lstrip("/")) / "index.html").read_bytes()) for path in paths]


def _exchange(path: str, body: bytes) -> Exchange:
    head = (
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 01 Mar 2026 00:00:00 GMT\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    sent = f"GET {path} HTTP/1.1\r\nHost: mirror.example\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n"
    url = f"http://mirror.example{path}"
    return Exchange(url=url, sent=sent.encode(), received=head.encode() + body, started=STARTED)


def write_ours(exchanges: list[Exchange], folder: Path) -> int:
    writer = WarcWriter(folder, "bench", info={"software": "kcnacrawl"})
    for exchange in exchanges:
        writer.write(exchange)
        writer.take_entries()
    writer.close()
    return 2 * len(exchanges)


def write_warcio(exchanges: list[Exchange], folder: Path) -> int:
    """As its documentation shows it: a response and its request, digests by the writer."""
    with (folder / "warcio.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for exchange in exchanges:
            stream = io.BytesIO(exchange.received)
            headers = StatusAndHeadersParser(["HTTP/1.1"]).parse(stream)
            response = writer.create_warc_record(exchange.url, "response", payload=stream, http_headers=headers)
            stream = io.BytesIO(exchange.sent)
            headers = StatusAndHeadersParser(["GET"], verify=False).parse(stream)
            request = writer.create_warc_record(exchange.url, "request", payload=stream, http_headers=headers)
            writer.write_request_response_pair(request, response)
    return 2 * len(exchanges)


def read_ours(path: Path) -> int:
    return sum(len(record.block) >= 0 for record in iter_records(path))


def read_warcio(path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(record.raw_stream.read()) >= 0 for record in ArchiveIterator(file, no_record_parse=True))


def read_fastwarc(path: Path) -> int:
    return sum(len(record.reader.read()) >= 0 for record in FastIterator(str(path), parse_http=False))


def index_ours(path: Path) -> int:
    return sum(1 for _ in sorted_lines([path], processes=1))


def index_reference(path: Path) -> int:
    output = io.StringIO()
    CDXJIndexer(output, [str(path)], sort=True).process_all()
    return output.getvalue().count("\n")


def pack_ours(warc: Path, folder: Path) -> int:
    target = folder / f"ours-{time.monotonic_ns()}.wacz"
    settings = ["-s", f"WARC_DIR={warc.parent}", "-s", f"ARTICLES_DIR={folder / 'none'}"]
    run([sys.executable, "-m", "scrapy", "wacz", *settings, "-o", str(target)])
    return warc.stat().st_size


def pack_reference(warc: Path, folder: Path) -> int:
    target = folder / f"reference-{time.monotonic_ns()}.wacz"
    run([str(Path(sys.executable).with_name("wacz")), "create", "-t", "--detect-pages", "-o", str(target), str(warc)])
    return warc.stat().st_size


def run(command: list[str]) -> None:
    env = environment() | {"SCRAPY_SETTINGS_MODULE": "kcnacrawl.settings"}
    subprocess.run(command, check=True, capture_output=True, env=env)


def rivals(exchanges: list[Exchange], folder: Path) -> Iterator[Rival]:
    """The tasks, in an order in which each finds what it needs."""
    stored, other = folder / "stored", folder / "other"
    other.mkdir()
    write_ours(exchanges, stored)
    (warc,) = stored.glob("*.warc.gz")
    yield Rival(
        task="writing",
        unit="records",
        ours=lambda: write_ours(exchanges, other),
        others={"warcio": lambda: write_warcio(exchanges, other)},
    )
    yield Rival(
        task="reading",
        unit="records",
        ours=lambda: read_ours(warc),
        others={"warcio": lambda: read_warcio(warc), "FastWARC": lambda: read_fastwarc(warc)},
    )
    yield Rival(
        task="indexing, one core",
        unit="lines",
        ours=lambda: index_ours(warc),
        others={"cdxj-indexer": lambda: index_reference(warc)},
    )
    yield Rival(
        task="packing, start-up included",
        unit="bytes",
        ours=lambda: pack_ours(warc, other),
        others={"py-wacz": lambda: pack_reference(warc, other)},
    )


def rate(task: Callable[[], int]) -> float:
    """Units a second of wall-clock time."""
    start = time.perf_counter()
    return task() / (time.perf_counter() - start)


def measure(rival: Rival, rounds: int) -> dict[str, float]:
    """Median rate of each, all in turn."""
    tasks = {"this project": rival.ours, **rival.others}
    rates: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            rates[name].append(rate(task))
    return {name: median(found) for name, found in rates.items()}


def row(rival: Rival, measured: dict[str, float]) -> str:
    ours = measured["this project"]
    scale, unit = (1e6, "MB") if rival.unit == "bytes" else (1, rival.unit)
    parts = [f"{name} {it / scale:,.0f}" for name, it in measured.items()]
    ratios = [f"{ours / it:.1f} times {name}" for name, it in measured.items() if name != "this project"]
    return f"| {rival.task}, {unit}/s | {', '.join(parts)} | {', '.join(ratios)} |"


def wanted(task: str, measured: dict[str, float]) -> Goal | None:
    ours = measured["this project"]
    if task == "writing":
        return goal("writing at least 3 times warcio's", ours / measured["warcio"], "{:.1f} times", at_least=3)
    if task.startswith("indexing"):
        ratio = ours / measured["cdxj-indexer"]
        return goal("indexing at least 4 times cdxj-indexer's", ratio, "{:.1f} times", at_least=4)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stored", description=__doc__)
    parser.add_argument("--pages", type=int, default=1000, help="article pages (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    options = parser.parse_args()
    exchanges = pages(options.pages)
    size = sum(len(exchange.received) for exchange in exchanges) / len(exchanges)
    rows = ["| task | rate | ratio |", "|---|---|---|"]
    found = []
    with tempfile.TemporaryDirectory(prefix="kcnacrawl-bench-") as name:
        for rival in rivals(exchanges, Path(name)):
            measured = measure(rival, options.rounds)
            rows.append(row(rival, measured))
            found.append(wanted(rival.task, measured))
    print(f"{options.pages:,} pages of {size / 1000:.1f} kB, medians of {options.rounds}; {machine.describe()}.\n")
    print("\n".join(rows), "\n", goal_table([it for it in found if it]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
