"""Signals of this project, sent through Scrapy's signal manager."""

page_problem = object()
"""A page did not give what was asked: keyword arguments ``url``, ``reason`` (short name) and ``sentence``."""
