"""Invented months of news whose events are known."""
