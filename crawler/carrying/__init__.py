"""Crawling beyond one machine: an archive host hands out batches of addresses, workers anywhere fetch and read them."""
