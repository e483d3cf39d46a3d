"""One message to one target, whatever it is: mail, chat, push, a webhook. apprise knows how."""

from __future__ import annotations

import logging
import threading

import apprise

_PATIENCE = 60.0
"""Seconds for a target to take a message. apprise bounds each wait for an answer; this bounds all of them."""


class SendError(Exception):
    """The target has not taken the message; the text says why, as far as it is known, without its address."""


def send(address: str, title: str, body: str, patience: float = _PATIENCE) -> None:
    """Send a message. Raises SendError where it was not taken in time.

    What is still on its way after that may arrive yet, and then once more: at least once, not at most once.
    """
    outcome: list[str] = []
    thread = threading.Thread(target=lambda: outcome.append(_send(address, title, body)), daemon=True)
    thread.start()
    thread.join(patience)
    if not outcome:
        raise SendError(f"no answer within {patience:.0f} s")
    if outcome[0]:
        raise SendError(outcome[0])


def is_known(address: str) -> bool:
    """Whether this is an address of a kind that can be sent to."""
    return apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None


def _send(address: str, title: str, body: str) -> str:
    """Why it was not taken; empty where it was."""
    target = apprise.Apprise()
    if not target.add(address):
        return "not an address that can be sent to; see the list of apprise"
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]  # apprise types most of its calls
        taken = target.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        why = said.getvalue().strip().splitlines()
    if taken:
        return ""
    return why[-1].replace(address, "the target")[:300] if why else "the target did not take it"
