"""WARC reading and writing; knows nothing of Scrapy or Twisted."""
