"""How the time of a piece of work grows with the text that it is given: in processor time, for machines are busy."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

_TIMES = 8
_LINEAR_AND_MORE = 3 * _TIMES  # twice the text, twice the time makes 8; four times the time makes 64
_NOISE = 0.02  # seconds


def assert_linear(work: Callable[[str], object], pump: str, *, tail: str = "\0", size: int = 1_000) -> None:
    """Check that eight times the text does not take much more than eight times as long.

    The text is ``pump`` over and over, and ``tail``. Short ones go first: where each letter doubles the time, a long
    one would never end.
    """
    for length in (20, 40, 80):
        assert _seconds(work, pump * (length // len(pump)) + tail) < 0.5, (pump, length)
    short, long = (pump * (length // len(pump)) + tail for length in (size, _TIMES * size))
    quick = min(_seconds(work, short) for _ in range(3))
    slow = min(_seconds(work, long) for _ in range(2))
    assert slow < _LINEAR_AND_MORE * quick + _NOISE, (pump, quick, slow)


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = thread_time()
    work(text)
    return thread_time() - began
