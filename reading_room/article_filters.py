"""What templates may write behind a bar: ``published_at|shorter``, ``title|clean``, ``href|web`` and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datasette import hookimpl
from datasette.utils import tilde_encode
from jinja2 import Environment
from markupsafe import Markup

from reading_room.article_times import both, day, shorter, spoken
from reading_room.body import clean, language, outside, web


@hookimpl  # type: ignore[untyped-decorator]  # Datasette ships no types
def prepare_jinja2_environment(env: Environment) -> None:
    """Make them known to every template."""
    env.filters |= {
        "shorter": shorter,
        "spoken": spoken,
        "day": day,
        "both": both,
        "clean": clean,
        "lang": language,
        "web": web,
        "outside": outside,
        "tilde": tilde_encode,
        "share": share,
        "first_ones": first_ones,
        "plain_row": plain_row,
    }


def share(part: float) -> Markup:
    """A share between 0 and 1 as a bar and in percent."""
    percent = round(100 * min(max(part, 0.0), 1.0))
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" aria-hidden="true"><rect class="whole" width="100" height="8"/>'
        '<rect class="s0" width="{0}" height="8"/></svg> {0}&nbsp;%'
    ).format(percent)


def first_ones(listed: Iterable[Mapping[str, Any]], names: Sequence[str], key: str) -> list[Mapping[str, Any]]:
    """Columns or cells with those of these names first, in this order, and the others as they were."""
    rank = {name: n for n, name in enumerate(names)}
    return sorted(listed, key=lambda one: rank.get(one[key], len(rank)))


def plain_row(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The stored values of a row that Datasette made cells of."""
    return {cell["column"]: cell["raw"] for cell in cells}
