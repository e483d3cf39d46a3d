"""Commands that Vestnik adds to `scrapy`."""
