"""The monitor: when each site is crawled next, and the one process in which it crawls them side by side."""
