"""Vestnik's Scrapy project: discovery, fetching and extraction of news articles."""
