"""The templates of ``demo/templates``; whatever is put into them is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.blocks import words
from demo.clock import iso, local
from demo.issue import NAME, SECTIONS, slugged

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals |= {"paper": NAME, "sections": SECTIONS, "slugged": slugged, "words": words}
_ENVIRONMENT.filters |= {"iso": iso, "day": lambda at: f"{local(at):%b. %-d, %Y}"}


def rendered(template: str, **values: Any) -> str:
    """The template with these values. Raises jinja2.UndefinedError for a value it lacks."""
    return _ENVIRONMENT.get_template(template).render(**values)
