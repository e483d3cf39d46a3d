"""The ``runner`` of scrapyd, less the argument ``_job``: Vestnik's spiders refuse what they do not know."""

import sys


def without_job(arguments: list[str]) -> list[str]:
    """A command line without ``-a _job=…``."""
    jobs = [n for n, one in enumerate(arguments) if one.startswith("_job=") and arguments[n - 1] == "-a"]
    return [one for n, one in enumerate(arguments) if n not in jobs and n + 1 not in jobs]


if __name__ == "__main__":
    from scrapyd import runner

    sys.argv = without_job(sys.argv)
    runner.main()
