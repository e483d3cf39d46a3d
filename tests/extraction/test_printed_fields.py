"""Fields of pages that no rule was made on, by kind: who, whose picture, from which agency, behind which wall."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article import Article
from crawler.extraction import extract
from crawler.extraction.names import written_large

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
TITLE = "Ducks hold up the night tram"
PROSE = "".join(
    f"<p>The {one} tram of the night stood at the depot for an hour because {two} ducks slept between the rails.</p>"
    for one, two in (("first", "nine"), ("second", "five"), ("last", "two"))
)


def read(over: str = "", under: str = "", head: str = "", language: str = "en", title: str = TITLE) -> Article:
    page = (
        f'<html lang="{language}"><head><title>{title}</title>{head}</head><body>'
        f'<a href="/"><img src="/l.svg" alt="Depot Post"></a><h1>{TITLE}</h1>{over}{PROSE}{under}</body></html>'
    )
    return extract(page.encode(), "https://tram.example/news/ducks-hold-up-the-night-tram", None, AT)


@pytest.mark.parametrize(
    ("language", "line", "authors"),
    [
        ("en", "<p>Mara Quill</p><p>Tram and harbour correspondent</p>", "Mara Quill"),
        ("en", "<p><b>Mara Quill</b><br>Transport Editor</p>", "Mara Quill"),
        ("en", "<p>MARA QUILL and JO REED<br>Associated Press</p>", "Mara Quill, Jo Reed"),
        ("en", "<p>Mara Quill for Depot Post</p>", "Mara Quill"),
        ("en", "<p>Guest column | Mara Quill</p>", "Mara Quill"),
        ("en", "<p>Checked by Jo Reed, PhD — Written by Mara Quill</p>", "Mara Quill"),
        ("en", "<p>By <a href='/author/mara-quill'>mara quill</a></p>", "Mara Quill"),
        ("fr", "<p>De notre correspondante à Arles, Mara Quille</p>", "Mara Quille"),
        ("fr", "<p>Mara Quille</p><p>Journaliste au service culture</p>", "Mara Quille"),
        ("fr", "<p>Par Mara Quille avec AFP</p>", "Mara Quille"),
        ("de", "<p>Das Gespräch führte Mara Kiel.</p>", "Mara Kiel"),
        ("de", "<p>Arlen. Von unserer Redakteurin Mara Kiel</p>", "Mara Kiel"),
        ("de", "<p>Von Mara Kiel (Text) und Jo Ried (Fotos)</p>", "Mara Kiel"),
        ("it", "<p>Intervista di Mara Chiglia</p>", "Mara Chiglia"),
        ("nl", "<p>Door onze correspondent Mara Kiel</p>", "Mara Kiel"),
        ("ru", "<p>Текст подготовила Мара Килева</p>", "Мара Килева"),
        ("tr", "<p>Röportaj: Mara Kuş / Fotoğraf: Jo Kamış</p>", "Mara Kuş"),
        ("sk", "<p>Mara Kýlová</p><p>Redaktorka</p>", "Mara Kýlová"),
        ("af", "<p>Teks: Mara Kiel | Foto: Jo Riet</p>", "Mara Kiel"),
        ("ar", "<p>حوار: مارا عصفور</p>", "مارا عصفور"),
        ("ja", "<p>【聞き手・鴨川渚】</p>", "鴨川渚"),
        ("zh", "<p>文｜鸭小河　图｜芦苇</p>", "鸭小河"),
        ("en", "<p>Jo Reed, Associated Press</p>", ""),
        ("bn", "<p>নিজস্ব প্রতিবেদক</p>", ""),
        ("ar", "<p>منذ ساعتين</p>", ""),
        ("cy", "<p>Darllenwyd 4 Mai 2031, Gwelwyd 5 Mai 2031</p>", ""),
        ("he", "<p>כתבה זו פתוחה לקוראים</p>", ""),
    ],
)
def test_a_line_signs_or_does_not(language: str, line: str, authors: str):
    assert ", ".join(read(line, language=language).authors) == authors


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("mara quill", "Mara Quill"),
        ("mara-jo van der quill", "Mara-Jo van der Quill"),
        ("mara d'aulne", "Mara d'Aulne"),
        ("ben quill", "Ben Quill"),
        ("Mara quill", "Mara quill"),
        ("mquill", "mquill"),
    ],
)
def test_names_written_small_are_written_as_people_write_them(account: str, name: str):
    assert written_large(account) == name


@pytest.mark.parametrize(
    ("meta", "over", "authors"),
    [
        ("mara quill", "", ("Mara Quill",)),
        ("mquill", "", ()),
        ("m_quill", "", ()),
        ("mquill", "<p>By Mara Quill</p>", ("Mara Quill",)),
        ("Quill", "", ("Quill",)),
    ],
)
def test_an_account_is_nobodys_name(meta: str, over: str, authors: tuple[str, ...]):
    assert read(over, head=f'<meta name="author" content="{meta}">').authors == authors


@pytest.mark.parametrize(
    ("line", "wire"),
    [
        ("<p>Par Mara Quille avec AFP</p>", "AFP"),
        ("<p>Mara Kýlová, ČTK</p><p>1. 6. 2031</p>", "ČTK"),
        ("<p>Autor: Mara Kil, Źródło: PAP</p>", "PAP"),
        ("<p>Af Mara Kiel /ritzau/</p>", "Ritzau"),
        ("<p>Sursa: Agerpres</p>", "Agerpres"),
        ("<p>المصدر: رويترز</p>", "Reuters"),
        ("<p>MARA QUILL<br>Associated Press</p>", "AP"),
        ("<p>By Mara Quill, Harrisburg, PA</p>", None),
        ("<p>By Mara Quill</p>", None),
    ],
)
def test_the_agency_stands_behind_the_writer_or_a_word_for_source(line: str, wire: str | None):
    assert read(line).wire == wire


FIGURE = "<figure><img src=/d.jpg width=900><figcaption>{}</figcaption></figure>"


@pytest.mark.parametrize(
    ("words", "caption", "credit"),
    [
        ("Ducks at rest. Photo: Jo Reed", "Ducks at rest.", "Jo Reed"),
        ("Ducks at rest (Photo by Jo Reed/Getty Images)", "Ducks at rest", "Jo Reed/Getty Images"),
        ("Ducks at rest | AP Photo/Jo Reed", "Ducks at rest", "AP Photo/Jo Reed"),
        ("Ducks at rest. | Jo Reed/EPA via Pool", "Ducks at rest.", "Jo Reed/EPA via Pool"),
        ("Enten ruhen. Foto von Jo Ried", "Enten ruhen.", "Jo Ried"),
        ("Kaczki śpią. Fot. Jo Trzcina", "Kaczki śpią.", "Jo Trzcina"),
        ("Ördekler uyuyor. Fotoğraf: Jo Kamış", "Ördekler uyuyor.", "Jo Kamış"),
        ("鴨が眠る（写真：葦原渚）", "鴨が眠る", "葦原渚"),
        ("<b>Ducks at rest</b> <cite>Jo Reed</cite>", "Ducks at rest", "Jo Reed"),
        ("Ducks <span class=copyright>Copyright</span>", "Ducks Copyright", None),
        ("Imagen de La Charca", "Imagen de La Charca", None),
        ("A photo shows Ducks at rest", "A photo shows Ducks at rest", None),
    ],
)
def test_a_credit_ends_a_caption(words: str, caption: str, credit: str | None):
    article = read(FIGURE.format(words))
    assert (article.image_caption, article.image_credit) == (caption, credit)


def test_a_caption_without_a_figure_is_known_by_its_name_unless_it_is_a_films():
    box = '<div class="{}"><img src=/d.jpg width=900><p class="caption-text">Ducks at rest</p></div>'
    assert read(box.format("wp-caption")).image_caption == "Ducks at rest"
    assert read(box.format("video-caption")).image_caption is None


@pytest.mark.parametrize(
    ("box", "name"),
    [
        ('<div class="hero" style="background-image: url(\'/m/d.jpg\')"></div>', "/m/d.jpg"),
        ('<div class="hero" style="background:#000 url(/m/d.jpg) center/cover"></div>', "/m/d.jpg"),
        ('<div style="background-image:linear-gradient(#000,#fff),url(&quot;/m/d.jpg&quot;)"></div>', "/m/d.jpg"),
        ('<div class="hero" data-bg="/m/d.jpg"></div>', "/m/d.jpg"),
        ('<img class="lazy" data-lazy="/m/d.jpg" src="/blank.gif">', "/m/d.jpg"),
        ('<span class="icon" style="background:url(/m/sprite.png) -20px 0"></span>', None),
        ('<div class="logo" style="background-image:url(/m/d.svg)"></div>', None),
        ('<div style="background:url(data:image/gif;base64,R0)"></div>', None),
    ],
)
def test_a_lead_picture_may_be_painted_behind_an_element(box: str, name: str | None):
    assert read(box).image_url == (f"https://tram.example{name}" if name else None)


@pytest.mark.parametrize(
    "line",
    [
        "Jetzt abonnieren und weiterlesen",
        "Ez a cikk csak előfizetőknek olvasható",
        "Obsah je určený len pre predplatiteľov",
        "Conținut disponibil exclusiv abonaților",
        "Текст доступний лише передплатникам",
        "Το περιεχόμενο είναι μόνο για συνδρομητές",
        "Bu yazı yalnızca abonelere açıktır",
        "Šis saturs ir tikai abonentiem",
        "هذا المحتوى متاح للمشتركين",
        "התוכן למנויים בלבד",
        "仅限付费读者",
        "Nội dung dành cho thành viên",
        "สำหรับสมาชิกเท่านั้น",
    ],
)
def test_a_wall_is_known_in_many_languages_behind_the_text_and_not_before_it(line: str):
    assert read(under=f"<h3>{line}</h3>").paywalled is True
    assert read(over=f"<h3>{line}</h3>").paywalled is None


def test_the_papers_name_is_known_by_the_picture_that_leads_to_its_front_page():
    assert read(title=f"{TITLE} – Depot Post").title == TITLE
    assert read(title=f"Depot Post: {TITLE}").title == TITLE


@pytest.mark.parametrize(("code", "language"), [("cz", "cs"), ("jp", "ja"), ("gr-GR", "el"), ("ua", "uk")])
def test_a_countrys_code_in_place_of_a_languages_is_understood(code: str, language: str):
    page = f'<html lang="{code}"><title>x</title><p>x</p></html>'
    assert extract(page.encode(), "https://tram.example/x", None, AT).language == language


@pytest.mark.parametrize(
    ("language", "line", "published"),
    [
        ("en", "The Duck Act of 12 March 2019 applies.", None),
        ("ar", "10 جمادى الآخرة 1452 هـ الموافق 20 مايو 2031", "2031-05-20"),
        ("ar", "10 جمادى الآخرة 1452 هـ", None),
        ("ar", "20 أيار/مايو 2031", "2031-05-20"),
        ("th", "วันอังคารที่ 20 พฤษภาคม พ.ศ. 2574", "2031-05-20"),
        ("ja", "平成31年4月30日", "2019-04-30"),
        ("ja", "R13.5.20", "2031-05-20"),
        ("ja", "令和元年5月20日", "2019-05-20"),
        ("lv", "2031. gada 20. maijā", "2031-05-20"),
    ],
)
def test_a_day_of_any_calendar_is_read_or_none(language: str, line: str, published: str | None):
    found = read(f"<p>{line}</p>", language=language).published
    assert (found.iso if found else None) == published


@pytest.mark.parametrize(
    ("language", "line", "authors"),
    [
        ("nl", "Door Mara Kiel en Jo Riet", "Mara Kiel, Jo Riet"),
        ("pt", "Por Mara Quilha e Jo Junco", "Mara Quilha, Jo Junco"),
        ("fi", "Teksti: Mara Sorsa ja Jo Kaisla", "Mara Sorsa, Jo Kaisla"),
        ("pl", "Autorzy: Mara Kaczka i Jo Trzcina", "Mara Kaczka, Jo Trzcina"),
        ("vi", "Tác giả: Nguyễn Vịt và Trần Sậy", "Nguyễn Vịt, Trần Sậy"),
        ("ar", "بقلم: مارا عصفور وسامي قصب", "مارا عصفور, سامي قصب"),
        ("es", "Por MARA QUILLA Y JO JUNCO", "Mara Quilla, Jo Junco"),
        ("en", "By Mara in der Quill", "Mara in der Quill"),
        ("fr", "Publié le 1 mai 2031 à 10:15 par Mara Quille", "Mara Quille"),
        ("en", "Mara Quill @maraquill May 1, 2031", "Mara Quill"),
        ("fr", "Mara Quille | vendredi 2 mai 2031", "Mara Quille"),
        ("da", "Mara Kiel - fredag d. 2. maj 2031", "Mara Kiel"),
        ("vi", "Nguyễn Vịt, Thứ Sáu, 02/05/2031", "Nguyễn Vịt"),
        ("tr", "2 Mayıs 2031 Cuma | Mara Kuş", "Mara Kuş"),
        ("pt", "Mara Quilha, em Velm<br>2 de maio de 2031", "Mara Quilha"),
        ("sv", "Mara Kiel</p><p>mara.kiel@tram.example", "Mara Kiel"),
        ("es", "<span>Autora</span><a href=/p>Mara Quilla</a>", "Mara Quilla"),
        ("el", "<span>Συντάκτης</span><span>Μάρα Πάπια</span>", "Μάρα Πάπια"),
    ],
)
def test_names_are_parted_by_small_words_and_from_days_and_addresses(language: str, line: str, authors: str):
    assert ", ".join(read(f"<p>{line}</p>", language=language).authors) == authors


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The depot was opened on 4 May 2011 and has been full since."),
        ("ru", "Депо открыли 4 мая 2011 года, и с тех пор оно полно."),
        ("zh", "车库建于2011年5月4日，至今满员。"),
        ("ko", "차고는 2011년 5월 4일에 지어져 지금까지 가득 차 있다."),
        ("ar", "بني المرآب في 4 مايو 2011 ولا يزال ممتلئا."),
        ("hi", "डिपो 4 मई 2011 को बनाया गया था और तब से भरा है।"),
    ],
)
@pytest.mark.parametrize("is_over", [True, False])
def test_a_sentence_about_a_day_is_neither_date_nor_byline(language: str, sentence: str, *, is_over: bool):
    article = read(**{"over" if is_over else "under": f"<p>{sentence}</p>"}, language=language)
    assert (article.published, article.authors) == (None, ())


def test_a_weekday_and_a_name_in_any_letters_may_stand_beside_a_date():
    for language, line in (("uk", "Мара Качка, п'ятниця, 2 травня 2031"), ("he", "מרה ברווז 2.5.2031")):
        found = read(f"<p>{line}</p>", language=language).published
        assert found is not None
        assert found.iso == "2031-05-02"


def test_a_title_in_capitals_alone_gives_way_to_the_headline_as_it_is_written():
    assert read(head=f'<meta property="og:title" content="{TITLE.upper()}">').title == TITLE


def test_a_role_in_structured_data_holds_its_author():
    node = '{"@type":"NewsArticle","author":{"@type":"Role","author":{"@type":"Person","name":"Mara Quill"}}}'
    assert read(head=f'<script type="application/ld+json">{node}</script>').authors == ("Mara Quill",)
