"""What watches a crawl: progress, summary, run log."""
