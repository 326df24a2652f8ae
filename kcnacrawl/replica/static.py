"""The replica as plain files, for a web server that is faster than ours."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from kcnacrawl.replica.listings import PAGE_SIZE, fragment
from kcnacrawl.replica.routes import Routes
from kcnacrawl.replica.sources import SOURCES

INDEX_SIZE = 100


def write_static(routes: Routes, folder: Path, pages: int) -> list[str]:
    """Write the newest ``pages`` article pages, what lists them, and robots.txt; give back the paths of the articles.

    ``newstream/<id>/<slug>/index.html`` are the pages, ``urls.txt`` their paths, ``index.html`` links ``list/<n>.html``
    with 100 links each, ``ajax/<source id>/<from>.html`` are the fragments of the ajax listing over the same articles.
    """
    numbers = routes.corpus.select(routes.edition)[:pages]
    paths = []
    for n in numbers:
        path = f"{routes.corpus.story(n, routes.edition).path}/"
        _write(folder / unquote(path[1:]) / "index.html", routes.article(n))
        paths.append(path)
    _write(folder / "urls.txt", "".join(f"{path}\n" for path in paths).encode())
    _write(folder / "robots.txt", b"User-agent: *\nDisallow:\n")
    lists = [paths[i : i + INDEX_SIZE] for i in range(0, len(paths), INDEX_SIZE)]
    for i, part in enumerate(lists):
        _write(folder / "list" / f"{i}.html", _links(part))
    _write(folder / "index.html", _links([f"/list/{i}.html" for i in range(len(lists))]))
    for source in SOURCES:
        _write_fragments(
            routes, folder / "ajax" / str(source.id), [n for n in numbers if _is_from(routes, n, source.id)]
        )
    return paths


def _is_from(routes: Routes, n: int, source_id: int) -> bool:
    return routes.corpus.slot(n).source.id == source_id


def _write_fragments(routes: Routes, folder: Path, numbers: list[int]) -> None:
    for start in range(0, len(numbers) + 1, PAGE_SIZE):
        stories = (routes.corpus.story(n, routes.edition) for n in numbers[start : start + PAGE_SIZE])
        _write(folder / f"{start}.html", fragment(stories).encode("utf-8"))


def _links(paths: list[str]) -> bytes:
    items = "".join(f'<li><a href="{path}">{path}</a></li>\n' for path in paths)
    return f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>List</title>\n<ul>\n{items}</ul>\n'.encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
