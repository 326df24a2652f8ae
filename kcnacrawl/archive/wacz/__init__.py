"""Packages (WACZ 1.1.1): written from an archive's WARC files, and checked."""
