"""Labelled pairs of articles: the same text twice, or two that only look like it."""
