"""A page says by its whole headline that it is none, in whatever language; the same words in a headline are news."""

import pytest

from crawler.extraction.vocabulary import languages
from pipelines.headlines import is_not_found, is_wall

NOT_FOUND = (
    "404", "Error 404: page not found", "Oops! We cannot find what you were after", "The article has been removed",
    "The page you're looking for can't be found.", "The Harbour Post | Page not found",
    "Der Beitrag existiert nicht mehr",
    "Fehler 404 – Seite nicht gefunden", "Erreur 404", "Cet article n'existe plus", "La nota no existe",
    "Lo sentimos, página no encontrada", "Articolo non trovato", "Conteúdo removido", "Artikel niet gevonden",
    "Artikeln finns inte längre", "Artiklen findes ikke længere", "Artikkelen finnes ikke", "Sivua ei löydy",
    "Artykuł został usunięty", "Článek nebyl nalezen", "Stránka neexistuje", "A cikk nem létezik",
    "Статья не найдена", "Ошибка 404. Страница удалена", "Статтю видалено", "Haber bulunamadı", "Το άρθρο δεν υπάρχει",
    "Articolul nu există", "Страницата не е намерена", "Članak nije pronađen", "Чланак није пронађен",
    "Halaman tidak tersedia", "Trang không tồn tại", "記事は存在しません", "기사가 없습니다", "文章未找到",
    "المقال غير موجود",
    "הכתבה לא נמצאה", "خبر یافت نشد", "पेज नहीं मिला", "ไม่พบบทความ", "ไม่พบหน้านี้",
    "Page not found - Harbour Post", "Error 404 (Not Found)!!1", "410 Gone", "No results found",
    "The requested URL /old was not found on this server.", "Diese Seite gibt es leider nicht mehr",
    "Leider konnten wir die Seite nicht finden", "Lehekülge ei leitud", "Puslapis nerastas", "Lapa nav atrasta",
    "Stránku sa nepodarilo nájsť", "Strani ni bilo mogoče najti", "Səhifə tapılmadı", "გვერდი ვერ მოიძებნა",
    "Էջը չի գտնվել",
    "Бет табылмады", "Хуудас олдсонгүй", "Síðan fannst ekki", "Pàgina no trobada", "Faqja nuk u gjet",
    "Страницата не е пронајдена", "Старонка не знойдзена", "পৃষ্ঠাটি পাওয়া যায়নি", "صفحہ نہیں ملا",
    "Halaman tidak dijumpai", "您要访问的页面不存在", "존재하지 않는 페이지입니다",
)  # fmt: skip
NEWS = (
    "Ferry not found a day after it left the quay", "404 sailors brought ashore", "Page by page through a lost diary",
    "Council: article 4 does not exist", "Seite an Seite am Deich", "La página que nadie escribió", "Sorry", "The page",
    "Content moderation: what is removed and why", "Artikel 12 wird gestrichen", "Не найдена причина пожара",
    "Gone", "Harbour Post wins a prize", "Post not found in time: the lost letters", "No results found in talks",
    "Internal server error halts the ferry", "Loading bay burns", "One more step to peace", "Connexion perdue en mer",
    "Content available in Welsh", "The story of a door that was not found", "Hata devri", "Fel väg",
)  # fmt: skip


@pytest.mark.parametrize("title", NOT_FOUND)
def test_a_whole_headline_says_that_there_is_no_such_page(title):
    assert is_not_found(title, "The Harbour Post")


@pytest.mark.parametrize("title", NEWS)
def test_the_same_words_within_a_headline_are_news(title):
    assert not is_not_found(title, "The Harbour Post")
    assert not is_wall(title, "The Harbour Post")


@pytest.mark.parametrize(
    "title",
    ["Please wait...", "Security check", "Bevor Sie weiterlesen", "Доступ ограничен", "Cookie settings",
     "We'll be back soon",
     "Attention Required! | Cloudflare", "Checking your browser before accessing harbour.example",
     "Request unsuccessful. Incapsula incident ID: 12-7", "You have been blocked", "Bitte stimmen Sie zu",
     "Nous respectons votre vie privée", "502 Bad Gateway",
     "Error establishing a database connection", "Account Suspended", "Error",
     "Welcome to nginx!", "Subscribe to continue reading", "Not available in your country", "Sitio en mantenimiento",
     "メンテナンス中", "Vérification de sécurité | Harbour Post", "503 Service Unavailable"],
)  # fmt: skip
def test_what_stands_in_front_of_all_pages_is_known_by_its_headline(title):
    assert is_wall(title, "Harbour Post")
    assert not is_not_found(title, "Harbour Post")


def test_twenty_languages_and_more_have_these_words():
    assert sum("not_found" in tables.get("pages", {}) for tables in languages().values()) > 25
