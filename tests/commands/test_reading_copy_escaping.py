"""Nothing that a page says becomes markup in its reading copy, and none of its letters is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import Block, Link
from crawler.export import CopyLink, ReadingCopy, file_name, markdown
from tests.commands.test_reading_copy import URL, body, inline


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# no heading", r"\# no heading"),
        ("- no item", r"\- no item"),
        ("+ no item", r"\+ no item"),
        ("1986. A year", r"1986\. A year"),
        ("> no quote", r"\> no quote"),
        ("two\n===", "two\\\n\\==="),
        ("two\n\t---", "two\\\n\\---"),
        ("    no code", "no code"),
        ("*a* _b_ `c` ~~d~~ | e", r"\*a\* \_b\_ \`c\` \~\~d\~\~ \| e"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[a](javascript:b) ![c](d) [^1]: e", r"\[a\](javascript:b) !\[c\](d) \[^1\]: e"),
        ("&lt;b&gt; &#60; AT&T; R&D", r"\&lt;b\&gt; &\#60; AT\&T; R&D"),
        ("back\\slash", r"back\\slash"),
        ("a\x00b\x1b[31m\u2028c\x85d", "a b \\[31m c d"),
        ("half \ud800 a character", "half \ufffd a character"),
        ("It cost $5.50 - or so (he said): 100%.", "It cost $5.50 - or so (he said): 100%."),
    ],
)
def test_text_never_becomes_markup_and_stays_readable(text, written):
    assert body(text) == written


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//paper.example/x", "mailto:a@b.example", ""]
)
@pytest.mark.parametrize("kind", ["related", "read_more", "inline"])
def test_a_link_off_the_web_is_only_its_words(kind, url):
    made = body("Some words.", links=(CopyLink(Link(kind, 0, url, "words", 5, 10)),))
    assert "words" in made
    assert "](" not in made


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/x_(y)", r"https://a.example/x_\(y\)"),
        ("https://a.example/x y\n<z>", "https://a.example/x%20y%0A%3Cz%3E"),
        ("https://a.example/\\x", "https://a.example/%5Cx"),
        ("https://a.example/?a=1&copy;=2&b=3", "https://a.example/?a=1&copy%3B=2&b=3"),
        ("https://a.example/путь\u202e", "https://a.example/путь%E2%80%AE"),
    ],
)
def test_an_address_cannot_end_its_link(url, written):
    assert body("word", links=(inline(0, 0, 4, url),)) == f"[word]({written})"


def test_the_title_of_a_target_cannot_end_its_link():
    link = CopyLink(Link("related", 0, URL, "words"), "Odd](https://evil.example) [title\n# More", URL)
    assert body("word", links=(link,)).startswith(
        rf"**Related article:** [Odd\](https://evil.example) \[title \# More]({URL})"
    )


@pytest.mark.parametrize("span", [(3, 3), (5, 2), (-2, 3), (2, 99), (99, 100), (None, 3), (3, None), (4, 6)])
def test_a_link_that_cannot_stand_there_leaves_the_words_alone(span):
    made = body("_one_ two", links=(inline(0, 0, 5), inline(0, *span)))
    assert made == r"[\_one\_](https://source.example/a) two"


def test_words_before_between_and_after_links_are_escaped():
    made = body("*a* *b* *c*", links=(inline(0, 8, 11), inline(0, 4, 5)))
    assert made == r"\*a\* [\*](https://source.example/a)b\* [\*c\*](https://source.example/a)"


def test_an_exclamation_mark_before_a_link_makes_no_picture():
    assert body("Look!here", links=(inline(0, 5, 9),)) == r"Look\![here](https://source.example/a)"


PIECES = [*"\\`*_{}[]()<>#+-.!|~&=:;^/ \n\r\t\x00ab19ж", "&lt;", "](", "1. ", "---"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
SPAN = st.one_of(st.integers(0, 12), st.integers(-3, 40), st.none())


@settings(deadline=None)  # the machine may be busy
@given(TEXT, st.lists(st.tuples(SPAN, SPAN), max_size=5), st.sampled_from(["text", "heading", "quote", "list"]))
def test_no_letter_is_lost_whatever_the_offsets_of_links(text, spans, kind):
    url = "https://source.example/a"
    made = body("before", text, "after", links=tuple(inline(1, *span) for span in spans), blocks=(Block(1, kind),))
    middle = made.removeprefix("before").removesuffix("after").strip("\n")
    marker = {"heading": r"## ", "quote": r"> ", "list": r"- "}.get(kind, "")
    assert letters(plain(middle.removeprefix(marker).replace("\n> ", "\n"), url)) == letters(text)


@settings(deadline=None)  # the machine may be busy
@given(TEXT, TEXT, TEXT, TEXT)
def test_a_page_adds_no_line_of_its_own_making(title, standfirst, caption, text):
    made = markdown(ReadingCopy(title, URL, standfirst, lines=(("Image", caption),), paragraphs=(text,)))
    begins = re.compile(r"(# |\*\S|Image: |[^\s#*>\-+=~`|:<]|\\.)")
    lines = [line for line in made.splitlines() if line]
    assert lines[0].startswith("# ")
    assert lines[-1] == f"<{URL}>"
    assert [line for line in lines[1:-1] if not begins.match(line)] == []
    assert sum(line.startswith("# ") for line in lines) == 1


def plain(written: str, url: str) -> str:
    """Markdown read back: links to their words, escaped characters to themselves."""
    words = re.sub(r"(?<!\\)((?:\\\\)*)\]\(" + re.escape(url) + r"\)", r"\1", written)
    words = re.sub(r"(?<!\\)((?:\\\\)*)\[", r"\1", words)
    return re.sub(r"\\(.)", r"\1", words, flags=re.DOTALL)


def letters(text: str) -> str:
    """What is left of a text without blanks and control characters."""
    return "".join(text.replace("\x00", "").split())


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_file_name_never_leads_out_of_its_folder(title, path):
    assert re.fullmatch(
        r"undated-[a-z0-9-]+-17\.md", file_name(17, ReadingCopy(title, f"https://paper.example/{path}"))
    )
