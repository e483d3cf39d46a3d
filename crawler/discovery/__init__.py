"""Bytes of a listing to candidates: pure parsers, nothing of Scrapy."""
