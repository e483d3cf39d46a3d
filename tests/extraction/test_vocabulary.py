from __future__ import annotations

import re
import time

import pytest

from crawler.extraction import boilerplate, labels, vocabulary

EVERY = [
    (code, table, topic, phrase)
    for code, tables in vocabulary.languages().items()
    for table, topics in tables.items()
    for topic, phrases in topics.items()
    for phrase in phrases
]


def test_every_language_has_words():
    assert {"en", "de", "ru", "zh", "mul"} <= set(vocabulary.languages())
    assert {code for code, *_ in EVERY} == set(vocabulary.languages())


@pytest.mark.parametrize(("code", "phrase"), sorted({(code, phrase) for code, _, _, phrase in EVERY}))
def test_an_expression_takes_no_time_on_the_longest_line_it_is_asked_of(code, phrase):
    pattern = re.compile(phrase, re.IGNORECASE)
    for hostile in ("a " * 400, phrase[:30] * 27, "." * 800, "[a b=" * 160, "newsletter " * 70):
        started = time.process_time()
        pattern.search(hostile[:800])
        assert time.process_time() - started < 1.0, code


def test_every_topic_has_words_and_says_what_it_is():
    for table, topics in vocabulary.TOPICS.items():
        for topic, meaning in topics.items():
            assert vocabulary.phrases(table, topic), (table, topic)
            assert meaning


def test_an_unknown_topic_is_an_error():
    with pytest.raises(KeyError):
        vocabulary.phrases("labels", "no such")


def test_an_unknown_list_in_a_file_is_an_error():
    with pytest.raises(ValueError, match=r"xx\.toml: unknown list"):
        vocabulary._read("xx.toml", "[labels]\nno_such = []\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Läs också: Färjan står still", "read more"),
        ("Czytaj też: Prom znowu płynie", "read more"),
        ("— Anzeige —", "advertisement"),
        ("Все права защищены", "copyright"),
        ("写真:港の朝", "caption"),
        ("[gallery ids=1]", "shortcode"),
        ("[box]The harbour[/box]", "shortcode"),
        ("The anchor held through the night, and the ferry came in at six.", None),
    ],
)
def test_lines_are_known_in_every_language(line, reason):
    assert boilerplate.reason_to_drop(line) == reason


@pytest.mark.parametrize(
    "label", ["Related stories", "Mehr zum Thema", "Lire aussi", "相关阅读", "관련 기사", "Baca juga"]
)
def test_labels_are_known_in_every_language(label):
    assert labels.is_related(label)


@pytest.mark.parametrize(
    ("phrase", "pieces"),
    [
        (r"our (?:free )?.{0,40}newsletter|in your inbox\W*$", [("newsletter",), ("in your inbox",)]),
        (r"(?:^|[.!?:…]\W+)(?:please )?(?:sign up|subscribe)\b", [("sign up", "subscribe")]),
        (r"make a (?:contribution|donation) (?:to|today)", [("contribution", "donation")]),
        (r"favou?rite|[|]x\|", [("favo",), ("x|",)]),
        (r"(?:a|\d)+|(?:ferry)?", [(), ()]),
    ],
)
def test_letters_are_known_without_which_an_expression_finds_nothing(phrase, pieces):
    assert [vocabulary.pieces(part) for part in vocabulary.alternatives(phrase)] == pieces


LINES = [
    "Sign up for the harbour letter, delivered straight to your inbox",
    "Get the best of Velm in our free weekly newsletter",
    "— Get our evening newsletter",
    "The views expressed here are those of the ferryman",
    "We have a small favour to ask of our readers",
    "Please make a donation today.",
    "Folgen Sie uns auf Telegram: alles über die Fähre auf WhatsApp",
    "A quiet crossing. Suivez notre chaîne Telegram",
    "Skipper at the helm. REUTERS/Ilva Brandeck",
    "Подпишитесь на наш канал",
    "Alle Rechte vorbehalten",
]


@pytest.mark.parametrize("line", LINES)
def test_pieces_hide_no_line_from_its_expression(line):
    assert boilerplate.reason_to_drop(line), line
