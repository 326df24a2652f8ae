"""The benchmark (``make bench``): this project beside bare Scrapy and wget, on the same pages."""
