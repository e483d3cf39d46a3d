"""What a page's own style sheets hide is no text; what only some screens hide is."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from lxml import html

from crawler.extraction.extract import extract
from crawler.extraction.sheets import sheet
from crawler.site import Site

URL = "https://dorn.example/news/clock-runs-backwards-5120"
SITE = Site.without_profile("dorn.example")
FETCHED = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
PROSE = tuple(
    f"The clock of Dorn ran backwards {when}, and those who caught the early train arrived before they had left home."
    for when in ("on Sunday", "again on Monday", "for an hour on Tuesday", "all of Wednesday")
)
UNSEEN = "Whoever reads this has looked at the source of the page, where a note for the printers was left behind."


def found(sheets: str, secret: str) -> tuple[str, ...]:
    body = "".join(f"<p>{text}</p>" for text in PROSE[:2]) + secret + "".join(f"<p>{text}</p>" for text in PROSE[2:])
    page = f"<html><head><title>Clock</title>{sheets}</head><body><article><h1>Clock</h1>{body}</article></body></html>"
    return extract(page.encode(), URL, SITE, FETCHED).paragraphs


@pytest.mark.parametrize(
    ("rules", "attributes"),
    [
        (".gone { display: none }", "class='gone'"),
        ("a{color:red} .wide,.gone , #x{margin:0;display:none!important}", "class='big gone'"),
        ("#secret{visibility:hidden}", "id='secret'"),
        ("p.gone{display:none}", "class='gone'"),
        (".one.two{display:none}", "class='two one'"),
        (".gone{position:absolute;left:-9999px}", "class='gone'"),
        (".gone{position:absolute;overflow:hidden;width:1px;height:1px;clip:rect(1px,1px,1px,1px)}", "class='gone'"),
        ("@media screen{.gone{display:none}}", "class='gone'"),
        ("@media (max-width:9em){.x{color:red}} .gone{display:none}", "class='gone'"),
        ("/* { */ .gone { /* here */ display:none }", "class='gone'"),
    ],
)
def test_what_a_rule_with_one_simple_selector_hides_is_no_text(rules: str, attributes: str):
    assert found(f"<style>{rules}</style>", f"<p {attributes}>{UNSEEN}</p>") == PROSE


@pytest.mark.parametrize(
    "sheets",
    [
        "<style media='print'>.gone{display:none}</style>",
        "<style>@media print{.gone{display:none}}</style>",
        "<style>@media (max-width:600px){.gone{display:none}}</style>",
        "<style>.gone{display:none}.gone{display:block}</style>",
        "<style>.gone{display:none}@media (min-width:600px){.gone{display:flex}}</style>",
        "<style>.no-js .gone{display:none}</style>",
        "<style>.gone:empty{display:none}.gone::before{display:none}.goner{display:none}</style>",
        "<style>p.other.gone{display:none}div.gone{display:none}</style>",
        "<style>.gone{display:none</style>",
        "<style>}}{ .gone{ display:none</style>",
        "<noscript><style>.gone{display:none}</style></noscript>",
    ],
)
def test_what_is_seen_on_some_screen_or_in_some_state_is_text(sheets: str):
    assert found(sheets, f"<p class='gone'>{UNSEEN}</p>") == (*PROSE[:2], UNSEEN, *PROSE[2:])


def test_a_page_that_hides_all_of_its_text_until_its_scripts_run_has_it():
    body = "".join(f"<p>{text}</p>" for text in PROSE * 2)
    page = f"<style>.late{{display:none}}</style><h1>Clock</h1><div class='late'>{body}</div>"
    assert extract(page.encode(), URL, SITE, FETCHED).paragraphs[:4] == PROSE


@pytest.mark.parametrize(
    "css",
    [
        ".a{display:none}" * 30_000,
        "@media x{" * 5_000 + ".b{display:none}" * 2_000,
        "@media x{" + "@y;" * 50_000 + ".b{display:none}" * 3_000,
        "{" * 100_000 + "display:none" * 10_000,
        ".b{display:none}" + ".b," * 90_000,
    ],
)
def test_sheets_that_are_made_to_take_long_are_read_at_once(css: str):
    root = html.document_fromstring(f"<html><head><style>{css}</style></head><body></body></html>")
    started = time.process_time()
    sheet(root.iter("style")).hides("p", "b", "")
    assert time.process_time() - started < 1
