"""What stands around a text and beside its paragraphs, on pages as the ordinary web builds them."""

# ruff: noqa: E501 - pages are written as they are

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://dorn.example/news/2031/03/04/clock-runs-backwards-5120"
SITE = Site.without_profile("dorn.example")
FETCHED = datetime(2031, 3, 4, 20, 0, tzinfo=UTC)
TITLE = "Clock of Dorn runs backwards for a week"
PROSE = (
    "The clock of Dorn ran backwards on Sunday, and those who caught the early train arrived before they had left home.",
    "Its keeper, Ansel Roth, found a moth in the works and let it out. “It was in no hurry,” he told the town's council.",
    "On Monday the hands stood still for an hour, in which nobody in the town grew older, as the barber was glad to hear.",
    "The railway has asked for its own clock since 1911. A decision is expected in spring, or else in the spring before.",
)
LAST = "The moth has not been found."
OTHER = (
    "I have lived across from that clock for sixty years, and it has told me the right time on two days of them all."
)


def article(body: str, title: str = TITLE) -> Article:
    page = f"<html><head><title>{title} | Dorn Post</title></head><body>{body}</body></html>"
    return extract(page.encode(), URL, SITE, FETCHED)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def told(middle: str = "", end: str = "") -> Article:
    text = paragraphs(*PROSE[:2]) + middle + paragraphs(*PROSE[2:]) + end
    return article(f"<main><article><h1>{TITLE}</h1><div class='story'>{text}</div></article></main>")


@pytest.mark.parametrize("wrap", ["<p>{}</p>", "<div>{}</div>", "{}<br><br>", "<div class='c-par'>{}</div>"])
def test_a_short_sentence_ends_a_text_as_it_does_on_the_page(wrap: str):
    text = "".join(wrap.format(one) for one in (*PROSE, LAST))
    assert article(f"<div class='x1'><h1>{TITLE}</h1><div class='x2'>{text}</div></div>").paragraphs == (*PROSE, LAST)


def test_a_text_of_one_paragraph_goes_on_in_short_ones():
    text = f"{PROSE[0]}<br><br>{LAST}<br><br>Nobody has looked for it."
    found = article(f"<h1>{TITLE}</h1><div>{text}</div><div>Post</div>")
    assert found.paragraphs == (PROSE[0], LAST, "Nobody has looked for it.")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (
            "ドルンの時計は日曜日に逆に動き、早い列車に乗った人々は家を出る前に着いた。町の議会は春に決めるという。",
            "蛾は見つかっていない。",
        ),
        (
            "डॉर्न की घड़ी रविवार को उलटी चली और जल्दी की गाड़ी पकड़ने वाले घर से निकलने से पहले पहुँच गए, परिषद ने बताया।",
            "कीड़ा नहीं मिला।",
        ),
        ("የዶርን ሰዓት እሑድ ወደ ኋላ ዞረ፤ የማለዳውን ባቡር የያዙትም ከቤታቸው ከመውጣታቸው በፊት ደረሱ ሲል የከተማው ምክር ቤት ገለጸ።", "ብልቷ አልተገኘችም።"),
    ],
)
def test_sentences_of_any_script_end_a_text(text: str, end: str):
    body = "".join(f"<div>{one}</div>" for one in (text, text.replace("1", "2") + text, end))
    assert article(f"<div><h1>{TITLE}</h1><div>{body}</div></div><div>Post</div>").paragraphs[-1] == end


def test_a_list_right_behind_the_last_paragraph_is_text_and_one_of_links_is_not():
    items = ("The hands are of brass.", "The moth was brown.", "The barber is glad.")
    lines = "".join(f"<li>{one}</li>" for one in items)
    assert article(f"<h1>{TITLE}</h1><p>{PROSE[0]}</p><ol>{lines}</ol><hr>").paragraphs == (PROSE[0], *items)
    lines = "".join(f"<li><a href='/topic/{n}'>{one}</a></li>" for n, one in enumerate(items))
    assert article(f"<h1>{TITLE}</h1><p>{PROSE[0]}</p><ol>{lines}</ol><hr>").paragraphs == (PROSE[0],)


QUOTE = "The clock has been wound with a spoon, and the spoon has been paid for by the parish."


@pytest.mark.parametrize(
    "quotation",
    [
        f"<blockquote class='b-cite'><p>{QUOTE}</p></blockquote>",
        f"<figure class='f1'><blockquote>{QUOTE}</blockquote></figure>",
        f"<div class='quote'>{QUOTE}</div>",
        f"<div class='x-block quote-block'><figure><blockquote><span>“</span>{QUOTE}</blockquote></figure></div>",
    ],
)
def test_a_quotation_among_the_paragraphs_is_text_whatever_holds_it(quotation: str):
    assert [text.lstrip("“") for text in told(quotation).paragraphs] == [*PROSE[:2], QUOTE, *PROSE[2:]]


@pytest.mark.parametrize(
    "quotation", ["<blockquote>{}</blockquote>", "<aside class='pullquote'>{}</aside>", "<div class='c-quote'>{}</div>"]
)
def test_a_sentence_of_the_text_that_is_printed_large_beside_it_stands_there_once(quotation: str):
    found = told(quotation.format("“It was in no hurry,” he told the town's council."))
    assert found.paragraphs == PROSE


def test_what_stands_over_the_headline_is_not_the_article():
    notice = "<div class='n1'><p>Readers of this paper are asked to bring back the ladder which they took from the yard last week.</p></div>"
    found = article(f"{notice}<h2>Post</h2><div class='s'><h1>{TITLE}</h1>{paragraphs(*PROSE)}</div>")
    assert found.paragraphs == PROSE


def test_a_text_over_a_headline_that_is_not_its_own_stays():
    found = article(f"<div>{paragraphs(*PROSE)}</div><h1>Dorn Post</h1><p>{OTHER}</p>", title="Notes of the week")
    assert set(PROSE) <= set(found.paragraphs)


CONSENT = (
    "We use cookies to measure how this site is read. With your consent we and our partners also show you things.",
    "Wir verwenden Cookies, um diese Seite zu messen. Mit Ihrer Zustimmung zeigen auch unsere Partner Ihnen etwas an.",
    "Nous utilisons des cookies pour mesurer la lecture de ce site, avec votre accord et celui de nos partenaires.",
    "Utilizamos cookies para medir la lectura de este sitio. Si acepta, nuestros socios también le muestran cosas.",
)


@pytest.mark.parametrize("consent", CONSENT)
@pytest.mark.parametrize("place", ["{0}{1}", "{1}{0}"])
def test_a_request_for_consent_under_a_name_that_says_nothing_is_no_text(consent: str, place: str):
    text = f"<h1>{TITLE}</h1><div>{paragraphs(*PROSE[:2])}</div>"
    found = article(place.format(text, f"<div class='z9'><p>{consent}</p><a href='#'>OK</a></div>"))
    assert found.paragraphs == PROSE[:2]


def test_a_paragraph_about_cookies_is_text():
    line = "“We use cookies to keep the moths away,” Roth said, and asked the council for its consent to buy some more."
    assert line in told(f"<p>{line}</p>").paragraphs


@pytest.mark.parametrize(
    "wall",
    [
        "<p>To read the full article, please subscribe or log in.</p>",
        "<div class='w1'><h3>Read on with Post Plus</h3><p>Subscribe now to continue reading.</p><p>Already a member? Log in</p></div>",
        "<div><p>Dieser Artikel ist nur für Abonnenten.</p></div>",
    ],
)
def test_lines_that_ask_for_a_subscription_where_the_text_breaks_off_are_no_text(wall: str):
    found = article(f"<article><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{wall}</article>")
    assert found.paragraphs == PROSE[:2]


def test_a_last_paragraph_about_subscribers_is_text():
    last = "The town's film club said that it would keep its premium content, among it all films of moths, for subscribers only."
    assert told(end=f"<p>{last}</p>").paragraphs[-1] == last


def test_a_last_sentence_about_members_is_text():
    last = "The town of Velp, already a member of the league of clocks, has promised to send its second best ladder."
    assert told(end=f"<p>{last}</p>").paragraphs[-1] == last


@pytest.mark.parametrize("label", ["About the author", "Über die Autorin", "À propos de l’auteur", "筆者プロフィール"])
def test_what_stands_under_a_heading_about_the_author_is_no_text(label: str):
    life = (
        "Mara Lind has written about clocks since she was late for school, and lives in Velp with a cat and a sundial."
    )
    assert told(end=f"<div class='k2'><h4>{label}</h4><p>{life}</p></div>").paragraphs == PROSE


@pytest.mark.parametrize(
    "name", ["ads", "share", "footer", "author-bio", "tags", "disclaimer", "comment-body", "related"]
)
@pytest.mark.parametrize("tag", ["p", "div"])
def test_paragraphs_that_each_bear_a_name_for_something_else_are_the_text_if_there_is_no_other(name: str, tag: str):
    text = "".join(f"<{tag} class='{name}'>{one}</{tag}>" for one in PROSE)
    assert article(f"<div><h1>{TITLE}</h1>{text}</div><div>Dorn Post</div>").paragraphs == PROSE


@pytest.mark.parametrize("heading", ["<h3>2 comments</h3>", "<h2>Kommentare</h2>", "<div>3 replies</div>"])
def test_comments_under_a_heading_that_says_so_are_none_of_a_text_however_short(heading: str):
    remarks = "".join(f"<li><b>Reader {n}</b><p>{OTHER} ({n})</p></li>" for n in range(4))
    found = article(f"<h1>{TITLE}</h1><div><p>{LAST}</p></div><div class='comments'>{heading}<ul>{remarks}</ul></div>")
    assert not any(OTHER in text for text in found.paragraphs)


@pytest.mark.parametrize(
    "line",
    [
        "<a href='/news/2031/02/02/council-winds-clock-5019'>The council wound the clock in February and found that it was still a clock.</a>",
        "The <a href='/news/2031/02/02/council-winds-clock-5019'>council wound the clock in February and found it was still a clock</a>.",
    ],
)
def test_a_linked_sentence_among_paragraphs_is_text(line: str):
    assert len(told(f"<p>{line}</p>").paragraphs) == len(PROSE) + 1


@pytest.mark.parametrize(
    "line",
    [
        "<a href='/news/2031/02/02/council-winds-clock-5019'>Council winds clock in February and finds that it is still a clock</a>",
        "Read also: <a href='/news/2031/02/02/council-winds-clock-5019'>The council wound the clock in February and found a clock.</a>",
    ],
)
def test_a_linked_title_among_paragraphs_is_none(line: str):
    found = told(f"<p>{line}</p>")
    assert found.paragraphs == PROSE
    assert [link.kind for link in found.links] == ["related"]


@pytest.mark.parametrize("line", ["Number of views: 1 412", "Просмотров: 412", "Aufrufe: 1.412", "浏览次数：412"])
def test_a_line_that_counts_readers_is_no_text(line: str):
    text = "<br><br>".join(PROSE)
    assert article(f"<div class='detail'><h3>{TITLE}</h3>{text}<br>{line}<br></div>").paragraphs == PROSE


@pytest.mark.parametrize(
    "line",
    [
        *("Back to top", "Next article »", "Print Friendly, PDF & Email", "Tags: clock, moth", "Filed under: Town"),
        *(
            "Be the first to comment",
            "Comments are closed.",
            "Estimated reading time: 4 minutes",
            "Like this: Like Loading...",
        ),
        *("This site uses Akismet to reduce spam. Learn how your data is processed.", "Join 412 other subscribers"),
        *(
            "Click to share on Mastodon (Opens in new window)",
            "Share on FacebookTweetCopy link",
            "Log in to post a comment",
        ),
        *("Diesen Artikel teilen", "Zurück zur Übersicht", "Schlagworte: Uhr, Motte", "Lesezeit: 3 Minuten"),
        *("Partager cet article", "Mots-clés : horloge, mite", "Lire la suite", "Compartir en Facebook", "Leer más"),
        *(
            "Версия для печати",
            "Теги: часы, моль",
            "Condividi su Facebook",
            "Riproduzione riservata",
            "Deel dit artikel",
        ),
        *(
            "Udostępnij na Facebooku",
            "Tüm hakları saklıdır",
            "Följ oss på Facebook",
            "シェアする",
            "返回顶部",
            "공유하기",
        ),
    ],
)
def test_a_line_that_steers_the_page_or_files_the_piece_is_no_text(line: str):
    assert told(f"<p>{line}</p>", f"<p>{line}</p>").paragraphs == PROSE


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for the choir of the clock closed on Monday after nine people had come, seven of them basses.",
        "Follow the chain upwards and you come to a small door that nobody has opened since the war.",
        "Click here to see what happens, said the note beside the switch, and nobody in the tower dared to.",
        "Print this far was the order of the editor in 1902, when the clock stopped in the middle of the night.",
        "The views expressed by the keeper on moths are not those of his own party, its leader said on Friday.",
        "Filed under a false name for ninety years, the plans of the clock were found in a box of hats.",
        "Share prices of the maker of clocks fell by a tenth, and its owner said that he would wait.",
        "Tagged with a ring of brass, the moth was let out of the window on the side of the river.",
    ],
)
def test_prose_that_opens_as_such_lines_do_is_text(line: str):
    assert line in told(f"<p>{line}</p>").paragraphs


@pytest.mark.parametrize(
    "note",
    [
        "The headline of this article has been corrected.",
        "更正：钟楼的高度是三十一米，此前有误。",
        "Nota de la redacción: la torre mide treinta y un metros.",
    ],
)
def test_a_note_is_known_in_any_language(note: str):
    found = told(end=f"<p>{note}</p>")
    assert [found.paragraphs[block.position] for block in found.blocks if block.kind == "note"] == [note]


def test_a_table_between_headline_and_text_stands_in_it():
    table = "<table><tr><th>Height</th><td>31 m</td></tr><tr><th>Hands</th><td>2</td></tr></table>"
    found = article(f"<div><h1>{TITLE}</h1><div>{table}{paragraphs(*PROSE)}</div></div><div>Post</div>")
    assert found.paragraphs == ("Height\t31 m\nHands\t2", *PROSE)


@pytest.mark.parametrize(
    "frame", ["<figure><img src='/a.jpg'><figcaption>The hands.{}", "<select><option>a<option>b{}"]
)
def test_a_picture_or_a_list_to_choose_from_that_never_ends_is_none(frame: str):
    body = f"<h1>{TITLE}</h1>{paragraphs(*PROSE)}"
    assert set(PROSE) <= set(article(f"<div>{frame.format(body)}</div>").paragraphs)


def test_a_footer_longer_than_a_short_text_is_none_of_it():
    imprint = paragraphs(*(f"{OTHER} It is the {n}th thing that this paper says of itself." for n in range(8)))
    found = article(f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE[:3])}</div><footer>{imprint}</footer>")
    assert found.paragraphs == PROSE[:3]


def test_a_page_that_keeps_its_text_in_an_attribute_until_its_scripts_run_has_it():
    state = json.dumps({"props": {"article": {"title": TITLE, "body": paragraphs(*PROSE)}}})
    found = article(f"<h1>{TITLE}</h1><div id='app' data-page='{state.replace(chr(39), '&#39;')}'></div>")
    assert found.prose == PROSE


def test_the_link_that_edits_a_section_of_a_wiki_is_no_part_of_its_heading():
    heading = "<h2>The moth<span class='mw-editsection'>[<a href='/edit'>edit</a>]</span></h2>"
    assert "The moth" in told(heading).paragraphs


def test_lists_within_lists_are_text():
    inner = "<ul><li><p>of hemp, which rots</p></li><li>of wire</li></ul>"
    found = told(f"<ol><li>Chains{inner}</li><li><p>Weights</p></li></ol>")
    assert found.paragraphs == (*PROSE[:2], "Chains", "of hemp, which rots", "of wire", "Weights", *PROSE[2:])


def test_the_words_of_a_glossary_and_the_rows_of_a_table_in_one_column_are_text():
    terms = "<dl><dt>Moth</dt><dd>What flies.</dd><dt>Hand</dt><dd>What points.</dd></dl>"
    assert told(terms).paragraphs[2:6] == ("Moth", "What flies.", "Hand", "What points.")
    days = "<table><tr><td>Monday: forwards</td></tr><tr><td>Sunday: backwards</td></tr></table>"
    assert told(days).paragraphs[2:4] == ("Monday: forwards", "Sunday: backwards")


def test_a_table_that_places_a_picture_and_the_words_under_it_is_no_list():
    picture = "<table><tr><td><img src='/a.jpg'></td></tr><tr><td>The hands in May</td></tr></table>"
    many = [f"Part {n}. {one}" for n in range(4) for one in PROSE]
    found = article(f"<h1>{TITLE}</h1><div>{paragraphs(*many[:8])}{picture}{paragraphs(*many[8:])}</div>")
    assert found.paragraphs == tuple(many)


def test_a_programme_with_hours_is_text():
    hours = "<ul><li><b>9:00</b> The tower opens</li><li><b>9:30</b> The moth is blessed</li></ul>"
    found = article(f"<h1>{TITLE}</h1><p>{PROSE[0]}</p>{hours}<hr>")
    assert found.paragraphs == (PROSE[0], "9:00 The tower opens", "9:30 The moth is blessed")


def test_a_list_that_sums_up_before_the_first_paragraph_is_text():
    lines = ("The clock of Dorn runs backwards", "The moth in it has not been found")
    summary = "".join(f"<li>{line}</li>" for line in lines)
    found = article(f"<article><h1>{TITLE}</h1><div><ul>{summary}</ul>{paragraphs(*PROSE)}</div></article>")
    assert found.paragraphs == (*lines, *PROSE)


def test_formulas_are_text_and_what_they_are_written_in_is_not():
    formula = "<math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow><annotation>\\frac{E}{m}</annotation></semantics></math>"
    assert "Roth wrote E=m on the wall." in told(f"<p>Roth wrote {formula} on the wall.</p>").paragraphs


@pytest.mark.parametrize("role", ["navigation", "dialog", "contentinfo"])
def test_what_a_role_says_is_around_the_text_is_none_of_it_unless_it_holds_it(role: str):
    assert told(end=f"<div role='{role}'><p>{OTHER}</p></div>").paragraphs == PROSE
    found = article(f"<div role='{role}'><h1>{TITLE}</h1>{paragraphs(*PROSE)}</div><div>Dorn Post</div>")
    assert found.paragraphs == PROSE


def test_headlines_among_the_paragraphs_part_a_text():
    assert told("<h1>The moth</h1>").paragraphs == (*PROSE[:2], "The moth", *PROSE[2:])


def test_the_heading_over_the_first_part_stays_where_others_stand_over_later_ones():
    parts = "".join(
        f"<div class='part'><h2>Part {n}</h2><div class='b'><p>{one}</p></div></div>" for n, one in enumerate(PROSE)
    )
    found = article(f"<article><h1>{TITLE}</h1>{parts}</article>")
    assert found.paragraphs[:3] == ("Part 0", PROSE[0], "Part 1")


def test_an_aside_longer_than_a_short_text_is_none_of_it():
    life = paragraphs(*(f"{OTHER} It is the {n}th thing that this paper says of itself." for n in range(8)))
    found = article(f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE[:3])}</div><aside>{life}</aside>")
    assert found.paragraphs == PROSE[:3]


def test_a_window_that_is_not_open_stays_shut_where_the_page_says_little_else():
    terms = paragraphs(
        *(f"The reader agrees that the {n}th of these terms is as long as it is and binds." for n in range(30))
    )
    found = article(
        f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}</div><div class='modal' aria-hidden='true'>{terms}</div>"
    )
    assert found.paragraphs == PROSE[:2]


def test_excerpts_that_break_off_are_no_text_where_scripts_hold_it():
    state = json.dumps({"article": {"title": TITLE, "body": paragraphs(*PROSE)}})
    cards = "".join(
        f"<div><a href='/news/2031/03/0{n}/piece-of-news-{n}'>A piece of news from Velp which is number {n}</a><p>{OTHER[:90]}…</p></div>"
        for n in range(1, 8)
    )
    found = article(f"<h1>{TITLE}</h1><script>window.__STATE__={state}</script><div>{cards}</div>")
    assert found.prose == PROSE


def test_captions_are_the_text_of_a_gallery_though_excerpts_of_other_pieces_are_longer():
    slides = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{text[:66].strip()}</figcaption></figure>"
        for n, text in enumerate(PROSE)
    )
    cards = "".join(
        f"<div><a href='/news/2031/03/0{n}/piece-of-news-{n}'>A piece of news {n}</a><p>{OTHER[:70]}…</p></div>"
        for n in range(1, 8)
    )
    found = article(
        f"<article><h1>{TITLE}</h1><p>A week of the clock.</p>{slides}</article><div class='k'>{cards}</div>"
    )
    assert {text[:66].strip() for text in PROSE} <= set(found.paragraphs)
