"""Sending what the watches found. Apart from crawling: a target that hangs or fails slows no crawl."""
