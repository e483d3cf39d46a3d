"""Pages of ordinary systems, without metadata: what a reader sees of them is read from the page alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction import extract

AT = datetime(2024, 2, 7, 12, tzinfo=UTC)
TITLE = "Mill bridge to be rebuilt"
TEXT = (
    "The council decided on Tuesday to rebuild the old mill bridge, which has been closed since the last flood.",
    "Work begins in March and costs about two million crowns, most of which the province has promised to pay for.",
    "“We have waited long enough,” said the mayor after the vote, which was eleven to four and took until midnight.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
MENU = '<div class="top"><a href="/">Home</a> <a href="/sport">Sport</a></div>'


def read(body: str, title: str = TITLE, language: str = "en") -> Article:
    page = f'<html lang="{language}"><head><title>{title}</title></head><body>{body}</body></html>'
    return extract(page, "https://echo.example/2024/mill-bridge-to-be-rebuilt", None, AT)


def day(article: Article) -> str | None:
    return article.published.iso[:10] if article.published else None


@pytest.mark.parametrize(
    ("head", "author"),
    [
        (f'<div><span>06.02.2024 10:15</span><h1>{TITLE}</h1><div class="box">By Mara Quill</div></div>', "Mara Quill"),
        (
            f'<ul><li><span data-hook="user-name">Mara Quill</span></li><li>Feb 6, 2024</li></ul><h1>{TITLE}</h1>',
            "Mara Quill",
        ),
        (
            f'<div class="e-widget"><h1>{TITLE}</h1></div><div class="e-widget"><ul><li><a href="/author/mq">Mara Quill'
            "</a></li><li>February 6, 2024</li></ul></div>",
            "Mara Quill",
        ),
        (
            f"<h1>{TITLE}</h1><div><span>February 6, 2024</span>&nbsp;·&nbsp;2 min&nbsp;·&nbsp;Mara Quill</div>",
            "Mara Quill",
        ),
        (f"<h1>{TITLE}</h1><p>6 February 2024</p><p>Interview: Mara Quill</p>", "Mara Quill"),
        (f"<h1>{TITLE}</h1><p>6 February 2024</p><p>Words by Mara Quill. Photographs by Jo Reed</p>", "Mara Quill"),
    ],
)
def test_the_lines_beside_a_headline_say_who_and_when(head: str, author: str):
    article = read(f"{MENU}<div><article>{head}{PARAGRAPHS}</article></div>")
    assert (article.title, article.authors, day(article)) == (TITLE, (author,), "2024-02-06")
    assert article.paragraphs == TEXT


def test_the_date_in_a_mastheads_corner_is_no_articles():
    article = read(f"<div><div>Tuesday, 6 February 2024</div>{MENU}</div><div><h1>{TITLE}</h1>{PARAGRAPHS}</div>")
    assert article.published is None


def test_a_kicker_above_the_headline_is_nobodys_name():
    article = read(f"<article><p>After Holt Verdict</p><p>6 February 2024</p><h1>{TITLE}</h1>{PARAGRAPHS}</article>")
    assert article.authors == ()


def test_a_dateline_dates_a_release_and_a_date_in_its_sentences_does_not():
    dated = f"<p><b>VELM, February 6, 2024</b> – {TEXT[0]}</p>{PARAGRAPHS}"
    assert day(read(f"<h1>{TITLE}</h1>{dated}")) == "2024-02-06"
    told = f"<p>Since February 6, 2020 – a long time – nobody has crossed it. {TEXT[0]}</p>{PARAGRAPHS}"
    assert read(f"<h1>{TITLE}</h1>{told}").published is None


def test_a_request_for_consent_is_not_the_text_of_a_shorter_article():
    consent = (
        "We and our partners use cookies to personalise content and to measure how this site is used by its readers. "
    )
    short = "The mill bridge is closed to lorries until Friday. The reason is a crack."
    article = read(
        f'<div class="item"><h1>{TITLE}</h1><div>{short}</div></div><div class="cookie-bar"><p>{consent * 2}</p></div>'
    )
    assert article.paragraphs == (short,)


def test_a_headline_in_no_heading_is_known_by_the_pages_title():
    body = f"<div><div>Echo</div></div><div><div>{TITLE}</div><div>By Mara Quill</div><div>{PARAGRAPHS}</div></div>"
    article = read(body, title=f"{TITLE} — The Velm Echo")
    assert (article.title, article.authors, article.paragraphs) == (TITLE, ("Mara Quill",), TEXT)


def test_bare_words_in_a_cell_have_headline_byline_and_date():
    lines = (
        f"<font size=5><b>{TITLE}</b></font><br><font size=1>Tuesday, 6 February 2024 - By Mara Quill</font><br><br>"
    )
    article = read(
        f"<table><tr><td>{lines}{'<br><br>'.join(TEXT)}</td><td><a href=/n>Fair</a></td></tr></table>", "Echo"
    )
    assert (article.title, article.authors, day(article)) == (TITLE, ("Mara Quill",), "2024-02-06")
    assert article.paragraphs == TEXT


def test_a_korean_headline_needs_few_letters_and_a_counter_is_no_author():
    prose = "아든 군의회는 지난해 봄 홍수로 폐쇄된 낡은 물레방아 다리를 다시 짓기로 결정했다고 밝혔다."
    lines = "<ul><li>김하나 기자</li><li>승인 2024.02.06 10:15</li><li>댓글 0</li></ul>"
    text = f"<p>{prose}</p><p>{prose} 공사는 3월에 시작된다.</p>"
    article = read(
        f"<div><h3>물레방아 다리 다시 짓는다</h3>{lines}<div>{text}</div></div>",
        "물레방아 다리 다시 짓는다 - 아든신문",
        "ko",
    )
    assert (article.title, article.authors, day(article)) == ("물레방아 다리 다시 짓는다", ("김하나",), "2024-02-06")


def test_a_name_in_brackets_on_the_last_line_signs():
    prose = "アーデン町議会は昨年春の洪水で閉鎖されている古い水車橋を再建することを決めた。工事は三月に始まる。"
    article = read(
        f"<div><h1>水車橋を再建へ町議会</h1><div><p>{prose}</p><p>{prose}費用は二億円。</p></div><p>（山田花子）</p></div>",
        "",
        "ja",
    )
    assert article.authors == ("山田花子",)


def test_a_date_in_an_element_of_its_own_is_one_in_any_script():
    prose = (
        "قرر مجلس البلدة يوم الثلاثاء إعادة بناء جسر الطاحونة القديم المغلق منذ فيضان الربيع الماضي الذي دمر أعمدته."
    )
    lines = "<div><span>بقلم: مارا كويل</span> <span>6 فبراير 2024 - 10:15</span></div>"
    article = read(f"<div><h1>إعادة بناء جسر الطاحونة</h1>{lines}<p>{prose}</p><p>{prose}</p></div>", "", "ar")
    assert (article.authors, day(article)) == (("مارا كويل",), "2024-02-06")


@pytest.mark.parametrize(
    "tags",
    [
        '<ul><li><span>TAGS</span></li><li><a href="/b/x/">bridges</a></li><li><a href="/b/y/">council</a></li></ul>',
        '<p><span>Tags:</span> <a href="/b/x/">bridges</a>, <a href="/b/y/">council</a></p>',
    ],
)
def test_subjects_that_follow_their_label_one_by_one_are_all_read(tags: str):
    assert read(f"<h1>{TITLE}</h1>{PARAGRAPHS}{tags}").tags == ("bridges", "council")


def test_another_piece_in_miniature_goes_wherever_it_stands():
    teaser = (
        '<article><h3><a href="/2024/market-moves-to-the-square">Market moves to the square</a></h3>'
        "<p>The weekly market has outgrown the old street and moves to the main square in June.</p></article>"
    )
    first, *rest = TEXT
    within = read(
        f"<div><h1>{TITLE}</h1><p>{first}</p>{teaser}{''.join(f'<p>{text}</p>' for text in rest)}{teaser}</div>"
    )
    assert within.paragraphs == TEXT


def test_an_interview_in_one_element_begins_with_its_first_question():
    questions = ("How long have you waited?", "And what has changed?", "Will lorries use it?")
    asked = "<br><br>".join(f"<b>{question}</b><br>{text}" for question, text in zip(questions, TEXT, strict=True))
    spoken = tuple(line for pair in zip(questions, TEXT, strict=True) for line in pair)
    assert read(f"<div><h1>{TITLE}</h1><div>{asked}</div></div>").paragraphs == spoken
