"""What tests and benchmarks read: a paper, copied texts, months of events, articles by number; all of it invented."""
