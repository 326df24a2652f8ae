"""Politeness, retries and decoding between the engine and the sites."""

ORDER = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "kcnacrawl.middlewares.scope.ScopeMiddleware": 50,
    "kcnacrawl.middlewares.pace.PaceMiddleware": 60,
    "kcnacrawl.middlewares.robots.RobotsMiddleware": 100,
    "kcnacrawl.middlewares.decode.DecodeMiddleware": 540,  # a sick server's answer is retried before its body matters
    "kcnacrawl.middlewares.retry.RetryMiddleware": 550,
    "kcnacrawl.middlewares.redirect.SafeRedirectMiddleware": 600,
}
"""Value for ``DOWNLOADER_MIDDLEWARES``: ours in the places of Scrapy's. A request goes down the list, a response up."""
