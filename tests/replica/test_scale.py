"""A hundred thousand articles cost no memory and no waiting."""

from __future__ import annotations

import tracemalloc

from kcnacrawl.replica import Replica
from kcnacrawl.replica.corpus import ADDED, Corpus
from tests.replica.wire import fetch, page, split


def test_memory_stays_flat_over_a_hundred_thousand_articles() -> None:
    corpus = Corpus(100_000)
    tracemalloc.start()
    peaks = []
    for rounds in (600, 1200):  # the first round fills the cache of stories
        for n in range(0, 100_000, 100_000 // rounds):
            corpus.story(n, 1)
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[0] < 20_000_000
    assert peaks[1] < peaks[0] + 1_000_000


def test_numbers_and_identities_are_turned_back() -> None:
    corpus = Corpus(100_000)
    seen = set()
    for n in range(-ADDED, 100_000, 7):
        epoch, number = corpus._identity(n)
        assert corpus.find(epoch, number) == n
        assert corpus.find(epoch + 1, number) is None
        assert len(str(epoch)) == 10
        seen.add(number)
    assert len(seen) == len(range(-ADDED, 100_000, 7))


def test_days_fall_and_windows_cut_exactly() -> None:
    corpus = Corpus(100_000)
    days = [corpus.listed(n) for n in range(100_000)]
    assert days == sorted(days, reverse=True)
    for day in sorted(set(days))[::97]:
        chosen = corpus.select(1, start=day, end=day)
        assert len(chosen) == days.count(day)
        assert {corpus.listed(n) for n in chosen} == {day}


def test_the_last_article_answers_like_the_first() -> None:
    with Replica(100_000) as site:
        last = site.corpus.select(1)[-1]
        assert site.corpus.story(last, 1).title.split()[0] in page(site.url + site.corpus.story(last, 1).path)
        total = len(site.corpus.select(1, 189661))
        url = f"{site.url}/wp-admin/admin-ajax.php?action=get_cat_by_source&to=10&id=189661&from="
        assert page(f"{url}{total - 1}").count("<h4>") == 1
        assert page(f"{url}{total}") == ""
        assert split(fetch(f"{site.url}/newstream-sitemap100.xml"))[0] == 200
        assert split(fetch(f"{site.url}/newstream-sitemap101.xml"))[0] == 404
