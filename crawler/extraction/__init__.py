"""Bytes of a page to an article: pure functions, nothing of Scrapy."""
