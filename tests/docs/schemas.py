"""``python -m tests.docs.schemas`` writes the JSON Schemas of profiles and watches, for editors that know TOML.

Keys, types and defaults are those that the code reads; what a key says is what docs/profile.md and the README say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from crawler import article, profiles
from crawler.discovery.forms import FORMS
from pipelines.watching.watches import EVENTS, Watch
from tests.crawling import ROOT

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: Mapping[str, Path] = {
    "profile": ROOT / "docs/profile.schema.json",
    "watches": ROOT / "docs/watches.schema.json",
}
_PAGE = (ROOT / "docs/profile.md").read_text("utf-8")
_SECTIONS = {
    "_Profile": "The site", "_Article": "articles", "Section": "sections", "Listed": "listings", "LivePosts": "live",
    "Layout": "layouts",
}  # fmt: skip


def texts() -> dict[str, str]:
    """Return the text of each schema."""
    made = {"profile": _profile(), "watches": _watches()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}


def _profile() -> dict[str, Any]:
    parts = _definitions(profiles._Profile)
    for name, section in _SECTIONS.items():
        described = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*?) \|$", _section(section), re.MULTILINE))
        for key, schema in parts[name]["properties"].items():
            schema["description"] = re.sub(r"\[(.*?)\]\([^)]*\)", r"\1", described[key])
    site: dict[str, Any] = parts.pop("_Profile")
    keys = site["properties"]
    extends = "The profile from which every key is taken that is not given here."
    keys["extends"] = {"type": "string", "description": extends}
    _narrow(keys["name"], profiles._NAME.pattern)
    _narrow(keys["country"], profiles._COUNTRY.pattern)
    _narrow(keys["every"], profiles._EVERY.pattern)
    parts["Listed"]["properties"]["form"]["enum"] = list(FORMS)
    required = [key for key in site.pop("required") if key != "name"]
    ways = {"anyOf": [{"required": ["extends"]}, {"required": required}]}
    head: dict[str, Any] = {"$schema": DIALECT, "title": "A profile of a site, for Vestnik"}
    return head | site | {"required": ["name"], **ways, "$defs": parts}


def _watches() -> dict[str, Any]:
    parts = _definitions(Watch)
    watch = parts["Watch"]["properties"]
    watch["events"]["items"]["enum"] = list(EVENTS)
    _narrow(watch["digest"], article._SPAN.pattern)
    targets = {
        "type": "object",
        "description": "Addresses as apprise knows them, by name; $NAME is taken from the environment.",
        "additionalProperties": {"type": "string", "pattern": "://"},
    }
    return {
        "$schema": DIALECT,
        "title": "What is watched for, and where it is sent",
        "type": "object",
        "properties": {"targets": targets, "watch": {"type": "array", "items": {"$ref": "#/$defs/Watch"}}},
        "additionalProperties": False,
        "$defs": parts,
    }


def _definitions(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the schemas of a struct and of all that it is made of, without Python's names as their titles."""
    _, parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for part in parts.values():
        part.pop("title", None)
        part.pop("description", None)
        for key, schema in part.get("properties", {}).items():
            part["properties"][key] = _without_null(schema)
    return parts


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that may be unset: TOML has no null, and the key is left out then."""
    ways = [way for way in schema.get("anyOf", ()) if way != {"type": "null"}]
    return dict(ways[0]) if len(ways) == 1 else schema


def _narrow(schema: dict[str, Any], pattern: str) -> None:
    """Have a text match a pattern as a whole."""
    schema["pattern"] = f"^(?:{pattern})$"


def _section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", _PAGE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


if __name__ == "__main__":
    for name, text in texts().items():
        FILES[name].write_text(text, "utf-8")
    sys.exit()
