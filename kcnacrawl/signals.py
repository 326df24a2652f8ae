"""Signals of this project, sent through Scrapy's signal manager."""

page_problem = object()
"""A page did not give what was asked: keyword arguments ``url``, ``reason`` (short name) and ``sentence``."""

article_known = object()
"""A listing led to an article that an earlier run of this crawl has put out: keyword argument ``identity``."""

warc_closed = object()
"""A WARC file was closed and has its final name: keyword argument ``path``."""

cut_off = object()
"""The crawl is ending and waits no longer for what is on the wire."""
