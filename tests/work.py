"""How much work is done, on any machine: the calls made meanwhile."""

import sys
from collections.abc import Callable


def calls(function: Callable[..., object], *args: object) -> int:
    """Return how many calls a function makes, those of built-in functions and of generators too."""
    count = 0

    def note(*event: object) -> None:
        nonlocal count
        count += event[1] in ("call", "c_call")

    sys.setprofile(note)
    try:
        function(*args)
    finally:
        sys.setprofile(None)
    return count
