"""Downloader middlewares and what else stands around the download: one concern a file."""
