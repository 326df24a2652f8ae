"""Tests of the whole crawl."""
