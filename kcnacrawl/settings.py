"""Settings of the project. README.md explains each one; a test holds the two lists together."""

BOT_NAME = "kcnacrawl"
SPIDER_MODULES = ["kcnacrawl.spiders"]
NEWSPIDER_MODULE = "kcnacrawl.spiders"
COMMANDS_MODULE = "kcnacrawl.commands"

# Who asks: an address or page of yours, put into the User-Agent (see addons.py). A live crawl without one says so.
CONTACT = None

# Politeness: one request at a time for the whole site, seconds counted from the end of one answer.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 4  # one on the wire, the others waiting their turn or a retry
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 5.0
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
RETRY_TIMES = 2
RETRY_WAIT = 5.0
RETRY_WAIT_MAX = 300.0
RETRY_AFTER_MAX = 3600.0
ROBOTS_CRAWL_DELAY_MAX = 120.0
REDIRECT_MAX_TIMES = 10
COOKIES_ENABLED = False
BLOCKED_PAGES_MAX = 5
UNREADABLE_SHARE_MAX = 0.02

# What is asked: only codings that replay tools undo.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip",
}

# Where to go, in the order of the listings.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
SEARCH_WINDOW_DAYS = 1
LISTING_WALKS = 1
LISTING_MAX_PAGES = 20_000

# Archive.
WARC_ENABLED = True
WARC_DIR = "output/warc"
WARC_COMPRESSION_LEVEL = 5
WARC_MAX_BYTES = 1_000_000_000
WARC_MAX_AGE = 86_400.0
WARC_SYNC_RECORDS = 4  # fewer when fewer are on the wire; a page is used only once it is on the disk
WARC_SYNC_SECONDS = 0.05
CATALOG = "output/catalog.db"
CRAWL_RESUME = True
WARC_DEDUP = True
WARC_DEDUP_MIN = 512
WARC_RENEW_RUNS = 10
CONDITIONAL_REQUESTS = True
CAPTURE_HEAD_MAX = 256 * 1024
WARC_KEEP_REQUEST_SECRETS = False
WARC_REDACT_RESPONSE_HEADERS: list[str] = []
CDXJ_DIR = "output/cdxj"
CDXJ_ZIPNUM_BYTES = 1_000_000_000

# What pages need to be seen again: style sheets, scripts, images, fonts.
REQUISITES_ENABLED = True
REQUISITES_HOSTS: list[str] = []
REQUISITES_MAX_BYTES = 8 * 1024 * 1024
REQUISITES_MAX_PER_PAGE = 200
PYWB = None  # pywb's wayback program, where it is neither in .pywb nor on the path

# Output.
RUNS_DIR = "output/runs"
ARTICLES_DIR = "output/articles"
CHANGES_DIR = "output/changes"
WACZ_DIR = "output/wacz"
PROGRESS_ENABLED = True
DEFAULT_FEED = "output/articles/%(name)s-%(run)s.jsonl"
FEEDS = {DEFAULT_FEED: {"format": "jsonlines", "store_empty": False}}  # no file of a run that got nothing
FEED_URI_PARAMS = "kcnacrawl.extensions.feeds.uri_params"
FEED_EXPORTERS = dict.fromkeys(("jsonlines", "jsonl", "jl"), "kcnacrawl.extensions.feeds.ArticleLinesExporter")
FEED_STORAGES = {
    "": "kcnacrawl.extensions.feeds.LineSafeFileStorage",
    "file": "kcnacrawl.extensions.feeds.LineSafeFileStorage",
}
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
STATS_DUMP = False  # they are in the run summary
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"  # drops are counted; pages without a usable article are told by name

# The way of an item.
ITEM_PROCESSOR = "kcnacrawl.pipelines.ticket.TicketingPipelines"
ITEM_PIPELINES = {
    "kcnacrawl.pipelines.duplicates.DuplicatesPipeline": 100,
    "kcnacrawl.pipelines.clean.CleanPipeline": 200,
    "kcnacrawl.pipelines.check.CheckPipeline": 300,
    "kcnacrawl.pipelines.asked.AskedPipeline": 350,
    "kcnacrawl.pipelines.limit.LimitPipeline": 400,
    "kcnacrawl.pipelines.photos.PhotosPipeline": 500,
}

# Scrapy's own lists, cut down to what is used. Setting a part to None in DOWNLOADER_MIDDLEWARES would still import it,
# which costs 12 MB and 0.1 s; nine middlewares fewer save 0.3 ms of 2.2 ms CPU a page (measured on Scrapy 2.19).
# Cookies and the HTTP cache are added by the add-on when they are switched on.
ADDONS = {"kcnacrawl.addons.KcnacrawlAddon": 100}
# Scrapy 2.19 starts its whole queue at once when the delay is 0, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
DOWNLOADER = "kcnacrawl.middlewares.downloader.StrictDownloader"
DOWNLOADER_MIDDLEWARES_BASE = {
    "kcnacrawl.middlewares.scope.ScopeMiddleware": 50,
    "kcnacrawl.middlewares.archived.ArchivedMiddleware": 55,
    "kcnacrawl.middlewares.pace.PaceMiddleware": 60,
    "kcnacrawl.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    # Above retry on the way back: a sick server's answer is asked for again before its body matters.
    "kcnacrawl.middlewares.decode.DecodeMiddleware": 540,
    "kcnacrawl.middlewares.retry.RetryMiddleware": 550,
    "kcnacrawl.middlewares.redirect.SafeRedirectMiddleware": 600,
    # Below all that judge an answer: they get the archived page in place of a 304.
    "kcnacrawl.middlewares.conditional.ConditionalMiddleware": 650,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "kcnacrawl.extensions.archive.ArchiveExtension": 10,
    "kcnacrawl.extensions.resume.ResumeExtension": 15,
    "kcnacrawl.extensions.requisites.RequisitesExtension": 18,
    "kcnacrawl.extensions.report.RunReport": 20,
    "kcnacrawl.extensions.progress.ProgressExtension": 30,
    "kcnacrawl.extensions.garbage.GarbageExtension": 40,
    "kcnacrawl.extensions.loglevel.LogLevelExtension": 50,
    "kcnacrawl.extensions.ending.EndingExtension": 60,
    "kcnacrawl.extensions.manifest.ManifestExtension": 70,
}

# What a page costs (measured; see the table in README.md).
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
CONCURRENT_ITEMS = 4  # Scrapy starts this many tasks per response
WARN_ON_GENERATOR_RETURN_VALUE = False  # would parse the source of a callback for every page
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
