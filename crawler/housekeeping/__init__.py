"""Looking after an archive that is left running: what ``scrapy archive`` does, and the log's bounds."""
