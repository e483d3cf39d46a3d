"""The monitor: when each site is crawled next, and the crawls it runs, each in a process of its own."""
