"""Times as papers print them, in the words of many languages and the orders of many regions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.extraction.months import all_months, months
from crawler.extraction.printed import label_of, stamps, without_times

VELM = ZoneInfo("Europe/Berlin")
# Language, as printed, what it means: a day, or a time in UTC. Clocks without a zone stand in Berlin, two hours ahead.
FORMS = """
en    | May 3, 2031                                          | 2031-05-03
en    | 3 May 2031                                           | 2031-05-03
en    | 3rd May 2031                                         | 2031-05-03
en    | Saturday, May 3rd, 2031                              | 2031-05-03
en    | the 3rd of May, 2031                                 | 2031-05-03
en    | Sat 3 May 2031 14.05                                 | 2031-05-03T12:05:00Z
en    | May 3, 2031 2:05 pm                                  | 2031-05-03T12:05:00Z
en    | May 3, 2031 at 2:05 p.m. ET                          | 2031-05-03T18:05:00Z
en    | Jan. 3, 2031 at 2:05 PM ET                           | 2031-01-03T19:05:00Z
en    | 2:05 pm, 3 May 2031                                  | 2031-05-03T12:05:00Z
en    | 14:05 GMT, May 3, 2031                               | 2031-05-03T14:05:00Z
en    | May 3, 2031, 14:05 IST                               | 2031-05-03T08:35:00Z
en    | May 3, 2031 | 12:05 a.m. PDT                         | 2031-05-03T07:05:00Z
en    | Sept. 3, 2031, 9 a.m.                                | 2031-09-03T07:00:00Z
en    | 3-May-2031 14:05 SGT                                 | 2031-05-03T06:05:00Z
en    | 03 May 2031 1405 GMT                                 | 2031-05-03T14:05:00Z
en    | Updated 14:05, 3 May 2031 (UTC+03:00)                | 2031-05-03T11:05:00Z
en    | Sat May 03 2031 14:05:09 GMT+0200 (Central European Summer Time) | 2031-05-03T12:05:09Z
en    | Sat May  3 14:05:09 UTC 2031                         | 2031-05-03T14:05:09Z
en    | 2031-05-03                                           | 2031-05-03
en    | 2031/05/03 14:05                                     | 2031-05-03T12:05:00Z
en    | Posted: 3 May '31                                    | 2031-05-03
en    | 3 May 31                                             | 2031-05-03
en    | MAY 3, 2031                                          | 2031-05-03
en    | Tosk, May 3, 2031 — 5 min read                       | 2031-05-03
en    | May 3, 2031 3 comments                               | 2031-05-03
de    | 3. Mai 2031                                          | 2031-05-03
de    | Samstag, 3. Mai 2031, 14:05 Uhr                      | 2031-05-03T12:05:00Z
de    | Sa. 03.05.2031 14.05 Uhr                             | 2031-05-03T12:05:00Z
de    | 03.05.2031                                           | 2031-05-03
de    | 3.5.2031, 14.05 Uhr MESZ                             | 2031-05-03T12:05:00Z
de    | 3.5.31                                               | 2031-05-03
de    | Stand: 3. März 2031 um 9 Uhr                         | 2031-03-03T08:00:00Z
de    | vom 03. 05. 2031                                     | 2031-05-03
de-AT | 3. Jänner 2031, 14:05                                | 2031-01-03T13:05:00Z
de    | 14:05 Uhr | 3. Mai 2031                              | 2031-05-03T12:05:00Z
fr    | 3 mai 2031                                           | 2031-05-03
fr    | 1er mai 2031 à 14h05                                 | 2031-05-01T12:05:00Z
fr    | Publié le 3 août 2031 à 14 h 05                      | 2031-08-03T12:05:00Z
fr    | samedi 3 févr. 2031 09:05                            | 2031-02-03T08:05:00Z
fr    | 03/05/2031 à 14:05                                   | 2031-05-03T12:05:00Z
fr    | Le 3 déc. 2031                                       | 2031-12-03
fr-CA | le 3 mai 2031 à 14 h                                 | 2031-05-03T12:00:00Z
es    | 3 de mayo de 2031                                    | 2031-05-03
es    | sábado, 3 de mayo del 2031, 14:05 h                  | 2031-05-03T12:05:00Z
es    | 03 MAY 2031 - 14:05 CEST                             | 2031-05-03T12:05:00Z
es    | 03/05/2031 a las 14:05                               | 2031-05-03T12:05:00Z
es    | 3 sept. 2031 14:05h                                  | 2031-09-03T12:05:00Z
es    | mayo 3, 2031                                         | 2031-05-03
es    | 3 mayo, 2031 2:05 p. m.                              | 2031-05-03T12:05:00Z
pt    | 3 de maio de 2031                                    | 2031-05-03
pt    | 3 de março de 2031 às 14h05                          | 2031-03-03T13:05:00Z
pt-BR | 03/05/2031 14h05                                     | 2031-05-03T12:05:00Z
pt    | 3 mai 2031, 14:05                                    | 2031-05-03T12:05:00Z
it    | 3 maggio 2031                                        | 2031-05-03
it    | sabato 3 maggio 2031 alle 14:05                      | 2031-05-03T12:05:00Z
it    | 3 mag 2031 ore 14.05                                 | 2031-05-03T12:05:00Z
it    | 1° maggio 2031                                       | 2031-05-01
nl    | 3 mei 2031                                           | 2031-05-03
nl    | zaterdag 3 mei 2031 om 14:05                         | 2031-05-03T12:05:00Z
nl    | 03-05-2031, 14.05 uur                                | 2031-05-03T12:05:00Z
nl    | 3 mrt. 2031                                          | 2031-03-03
sv    | 3 maj 2031                                           | 2031-05-03
sv    | Publicerad 3 maj 2031 kl. 14.05                      | 2031-05-03T12:05:00Z
sv    | lördag 3 maj 2031 14:05                              | 2031-05-03T12:05:00Z
sv    | 2031-05-03 kl 14:05                                  | 2031-05-03T12:05:00Z
da    | 3. maj 2031                                          | 2031-05-03
da    | lørdag d. 3. maj 2031 kl. 14.05                      | 2031-05-03T12:05:00Z
da    | 03.05.2031 kl. 14:05                                 | 2031-05-03T12:05:00Z
no    | 3. mai 2031                                          | 2031-05-03
nb    | Publisert 3. mai 2031 kl. 14:05                      | 2031-05-03T12:05:00Z
nn    | laurdag 3. desember 2031                             | 2031-12-03
fi    | 3.5.2031                                             | 2031-05-03
fi    | 3. toukokuuta 2031 klo 14.05                         | 2031-05-03T12:05:00Z
fi    | la 3.5.2031 klo 14:05                                | 2031-05-03T12:05:00Z
is    | 3. maí 2031                                          | 2031-05-03
is    | 3. maí 2031 kl. 14:05                                | 2031-05-03T12:05:00Z
et    | 3. mai 2031                                          | 2031-05-03
et    | 3. jaanuar 2031, 14:05                               | 2031-01-03T13:05:00Z
lv    | 2031. gada 3. maijs                                  | 2031-05-03
lv    | 3. maijs, 2031 14:05                                 | 2031-05-03T12:05:00Z
lt    | 2031 m. gegužės 3 d. 14:05                           | 2031-05-03T12:05:00Z
lt    | 2031 m. sausio 3 d.                                  | 2031-01-03
lt    | 2031.05.03 14:05                                     | 2031-05-03T12:05:00Z
pl    | 3 maja 2031                                          | 2031-05-03
pl    | 3 maja 2031, godz. 14:05                             | 2031-05-03T12:05:00Z
pl    | sobota, 3 stycznia 2031 r. 14:05                     | 2031-01-03T13:05:00Z
pl    | 3 paź 2031                                           | 2031-10-03
pl    | 03.05.2031, 14:05                                    | 2031-05-03T12:05:00Z
cs    | 3. května 2031                                       | 2031-05-03
cs    | 3. 5. 2031 14:05                                     | 2031-05-03T12:05:00Z
cs    | sobota 3. listopadu 2031, 14:05                      | 2031-11-03T13:05:00Z
sk    | 3. mája 2031                                         | 2031-05-03
sk    | 3. januára 2031 o 14:05                              | 2031-01-03T13:05:00Z
sl    | 3. maja 2031                                         | 2031-05-03
sl    | 3. 5. 2031 ob 14.05                                  | 2031-05-03T12:05:00Z
sl    | 3. avgust 2031                                       | 2031-08-03
hr    | 3. svibnja 2031.                                     | 2031-05-03
hr    | 3. listopada 2031. u 14:05                           | 2031-10-03T12:05:00Z
hr    | 03.05.2031. 14:05                                    | 2031-05-03T12:05:00Z
bs    | 3. maja 2031. u 14:05                                | 2031-05-03T12:05:00Z
sr    | 3. maj 2031.                                         | 2031-05-03
sr    | 3. мај 2031. 14:05                                   | 2031-05-03T12:05:00Z
sr    | субота, 3. јануар 2031. | 14:05                      | 2031-01-03T13:05:00Z
mk    | 3 мај 2031                                           | 2031-05-03
mk    | 3 јануари 2031 14:05                                 | 2031-01-03T13:05:00Z
bg    | 3 май 2031 г.                                        | 2031-05-03
bg    | 3 май 2031, 14:05 ч.                                 | 2031-05-03T12:05:00Z
bg    | събота, 3 януари 2031 г., 14:05                      | 2031-01-03T13:05:00Z
ru    | 3 мая 2031                                           | 2031-05-03
ru    | 3 мая 2031 г., 14:05                                 | 2031-05-03T12:05:00Z
ru    | 3 мая 2031 года в 14:05                              | 2031-05-03T12:05:00Z
ru    | 14:05, 3 мая 2031                                    | 2031-05-03T12:05:00Z
ru    | 03.05.2031 14:05 МСК                                 | 2031-05-03T11:05:00Z
ru    | 3 янв. 2031                                          | 2031-01-03
uk    | 3 травня 2031                                        | 2031-05-03
uk    | 3 травня 2031 р., 14:05                              | 2031-05-03T12:05:00Z
uk    | 3 листопада 2031 року о 14:05                        | 2031-11-03T13:05:00Z
uk    | 14:05, 03.05.2031                                    | 2031-05-03T12:05:00Z
be    | 3 мая 2031                                           | 2031-05-03
be    | 3 студзеня 2031, 14:05                               | 2031-01-03T13:05:00Z
el    | 3 Μαΐου 2031                                         | 2031-05-03
el    | 3 Μαΐου 2031, 14:05                                  | 2031-05-03T12:05:00Z
el    | 3/5/2031, 2:05 μ.μ.                                  | 2031-05-03T12:05:00Z
el    | Σάββατο, 3 Ιανουαρίου 2031                           | 2031-01-03
tr    | 3 Mayıs 2031                                         | 2031-05-03
tr    | 3 Mart 2031 Pazartesi 14:05                          | 2031-03-03T13:05:00Z
tr    | 03.05.2031 - 14:05                                   | 2031-05-03T12:05:00Z
tr    | Giriş: 3 Ağustos 2031 14:05                          | 2031-08-03T12:05:00Z
az    | 3 may 2031                                           | 2031-05-03
az    | 3 yanvar 2031, 14:05                                 | 2031-01-03T13:05:00Z
kk    | 3 мамыр 2031                                         | 2031-05-03
kk    | 2031 жылғы 3 мамыр, 14:05                            | 2031-05-03T12:05:00Z
uz    | 2031-yil 3-may                                       | 2031-05-03
uz    | 3-yanvar 2031, 14:05                                 | 2031-01-03T13:05:00Z
hu    | 2031. május 3.                                       | 2031-05-03
hu    | 2031. május 3. 14:05                                 | 2031-05-03T12:05:00Z
hu    | 2031. 05. 03. 14:05                                  | 2031-05-03T12:05:00Z
hu    | 2031. máj. 3., szombat                               | 2031-05-03
ro    | 3 mai 2031                                           | 2031-05-03
ro    | 3 ianuarie 2031, ora 14:05                           | 2031-01-03T13:05:00Z
ro    | 03.05.2031, 14:05                                    | 2031-05-03T12:05:00Z
sq    | 3 maj 2031                                           | 2031-05-03
sq    | 3 janar 2031, 14:05                                  | 2031-01-03T13:05:00Z
ca    | 3 de maig de 2031                                    | 2031-05-03
ca    | 3 d'agost del 2031 a les 14.05                       | 2031-08-03T12:05:00Z
gl    | 3 de maio de 2031                                    | 2031-05-03
gl    | 3 de xaneiro de 2031 14:05                           | 2031-01-03T13:05:00Z
eu    | 2031ko maiatzaren 3a                                 | 2031-05-03
eu    | 2031/05/03 14:05                                     | 2031-05-03T12:05:00Z
ga    | 3 Bealtaine 2031                                     | 2031-05-03
ga    | 3 Eanáir 2031                                        | 2031-01-03
cy    | 3 Mai 2031                                           | 2031-05-03
cy    | 3 Ionawr 2031                                        | 2031-01-03
mt    | 3 ta' Mejju 2031                                     | 2031-05-03
mt    | 3 ta’ Jannar 2031 14:05                              | 2031-01-03T13:05:00Z
lb    | 3. Mee 2031                                          | 2031-05-03
fo    | 3. mai 2031                                          | 2031-05-03
af    | 3 Mei 2031                                           | 2031-05-03
af    | 3 Januarie 2031 om 14:05                             | 2031-01-03T13:05:00Z
sw    | 3 Mei 2031                                           | 2031-05-03
sw    | Januari 3, 2031                                      | 2031-01-03
id    | 3 Mei 2031                                           | 2031-05-03
id    | Sabtu, 3 Mei 2031 14:05 WIB                          | 2031-05-03T07:05:00Z
id    | 3 Agustus 2031 | 14.05                               | 2031-08-03T12:05:00Z
ms    | 3 Mei 2031                                           | 2031-05-03
ms    | 3 Ogos 2031 2:05pm                                   | 2031-08-03T12:05:00Z
tl    | Mayo 3, 2031                                         | 2031-05-03
fil   | Enero 3, 2031                                        | 2031-01-03
vi    | Thứ bảy, 3/5/2031, 14:05 (GMT+7)                     | 2031-05-03T07:05:00Z
vi    | ngày 3 tháng 5 năm 2031                              | 2031-05-03
vi    | 14:05 ngày 03/12/2031                                | 2031-12-03T13:05:00Z
th    | 3 พฤษภาคม 2574                                       | 2031-05-03
th    | 3 พ.ค. 2574 14:05 น.                                 | 2031-05-03T12:05:00Z
th    | เผยแพร่: 3 ม.ค. 2574 14:05                           | 2031-01-03T13:05:00Z
ar    | 3 مايو 2031                                          | 2031-05-03
ar    | ٣ مايو ٢٠٣١ - ١٤:٠٥                                  | 2031-05-03T12:05:00Z
ar    | نشر في: السبت 3 مايو 2031، 02:05 م                   | 2031-05-03T12:05:00Z
ar-LB | 3 أيار 2031                                          | 2031-05-03
ar-DZ | 3 جانفي 2031                                         | 2031-01-03
ar-MA | 3 غشت 2031                                           | 2031-08-03
fa    | ۳ اردیبهشت ۱۴۱۰                                      | 2031-04-23
fa    | شنبه ۳ خرداد ۱۴۱۰ - ۱۴:۰۵                            | 2031-05-24T12:05:00Z
fa    | ۱۴۱۰/۰۲/۰۳                                           | 2031-04-23
ur    | 3 مئی 2031                                           | 2031-05-03
ur    | 3 جنوری، 2031                                        | 2031-01-03
he    | 3 במאי 2031                                          | 2031-05-03
he    | פורסם: 3 בינואר 2031, 14:05                          | 2031-01-03T13:05:00Z
he    | 03/05/2031, 14:05                                    | 2031-05-03T12:05:00Z
hi    | 3 मई 2031                                            | 2031-05-03
hi    | 3 जनवरी 2031, 02:05 PM IST                           | 2031-01-03T08:35:00Z
hi    | प्रकाशित: ०३ मई २०३१                                 | 2031-05-03
mr    | 3 मे 2031                                            | 2031-05-03
mr    | ३ जानेवारी २०३१                                      | 2031-01-03
ne    | 3 जनवरी 2031                                         | 2031-01-03
bn    | ৩ মে ২০৩১                                            | 2031-05-03
bn    | প্রকাশ: ০৩ জানুয়ারি ২০৩১, ১৪:০৫                     | 2031-01-03T13:05:00Z
pa    | 3 ਮਈ 2031                                            | 2031-05-03
gu    | 3 મે 2031                                            | 2031-05-03
ta    | மே 3, 2031                                           | 2031-05-03
ta    | 3 ஜனவரி 2031                                         | 2031-01-03
te    | 3 మే 2031                                            | 2031-05-03
kn    | 3 ಮೇ 2031                                            | 2031-05-03
ml    | 3 മേയ് 2031                                          | 2031-05-03
si    | 3 මැයි 2031                                          | 2031-05-03
my    | 3 မေ 2031                                            | 2031-05-03
km    | 3 ឧសភា 2031                                          | 2031-05-03
lo    | 3 ພຶດສະພາ 2031                                       | 2031-05-03
ka    | 3 მაისი, 2031                                        | 2031-05-03
ka    | 3 იანვარი 2031 14:05                                 | 2031-01-03T13:05:00Z
hy    | 3 մայիսի, 2031                                       | 2031-05-03
hy    | 3 հունվարի 2031, 14:05                               | 2031-01-03T13:05:00Z
mn    | 2031 оны 5 сарын 3                                   | 2031-05-03
ja    | 2031年5月3日                                          | 2031-05-03
ja    | 2031年5月3日 14時05分                                  | 2031-05-03T12:05:00Z
ja    | 2031年5月3日(土) 午後2時05分                           | 2031-05-03T12:05:00Z
ja    | 令和13年5月3日                                        | 2031-05-03
ja    | 2031/5/3 14:05                                       | 2031-05-03T12:05:00Z
ja    | ２０３１年５月３日                                     | 2031-05-03
ko    | 2031년 5월 3일                                        | 2031-05-03
ko    | 2031년 5월 3일 오후 2:05                              | 2031-05-03T12:05:00Z
ko    | 입력 2031.05.03 14:05                                | 2031-05-03T12:05:00Z
ko    | 2031. 5. 3. 오전 9시 5분                              | 2031-05-03T07:05:00Z
zh    | 2031年5月3日                                          | 2031-05-03
zh    | 2031年05月03日14:05                                   | 2031-05-03T12:05:00Z
zh    | 2031-05-03 14:05:09 来源                              | 2031-05-03T12:05:09Z
zh    | 2031年5月3日 下午2:05                                  | 2031-05-03T12:05:00Z
zh-TW | 民國120年5月3日                                       | 2031-05-03
zh    | 2031/5/3 18:05:12                                    | 2031-05-03T16:05:12Z
"""
_ROW = re.compile(r"(\S+)\s*\|\s*(.*\S)\s*\|\s*(\S+)")
ROWS = [match.groups() for line in FORMS.strip().split("\n") if (match := _ROW.fullmatch(line))]


@pytest.mark.parametrize(("language", "printed", "meant"), ROWS)
def test_a_printed_time_is_read_in_the_language_of_its_page(language: str, printed: str, meant: str):
    found = stamps(printed, VELM, language.partition("-")[0])
    assert [stamp.moment.iso for stamp in found] == [meant]


def test_the_table_holds_two_hundred_forms_of_sixty_languages_and_regions():
    assert len({printed for _, printed, _ in ROWS}) >= 200
    assert len({language for language, *_ in ROWS}) >= 60


@pytest.mark.parametrize(
    ("printed", "day_first", "meant"),
    [
        ("05/02/2031", True, "2031-02-05"),
        ("05/02/2031", False, "2031-05-02"),
        ("25/02/2031", False, "2031-02-25"),
        ("02/25/2031", True, "2031-02-25"),
        ("05.02.2031", False, "2031-02-05"),
        ("5-2-2031 9:30 am", False, "2031-05-02T07:30:00Z"),
    ],
)
def test_the_order_of_numbers_is_the_regions_and_dots_have_the_day_first(printed: str, day_first: bool, meant: str):
    assert [stamp.moment.iso for stamp in stamps(printed, VELM, "en", day_first=day_first)] == [meant]


@pytest.mark.parametrize(
    "printed",
    [
        "5 minutes ago",
        "3 May",
        "May 2031",
        "since 2016",
        "© 2031 The Velm Courier",
        "in the 2030/31 season",
        "31 June 2031",
        "00.00.2031",
        "version 1.2.3",
        "call 030 5 2031 99",
        "45/13/2031",
        "May I come in? 2031 words",
        "from 3 to 5 of 2031 pages",
    ],
)
def test_what_is_no_whole_date_is_none(printed: str):
    assert stamps(printed, VELM, "en") == ()


@pytest.mark.parametrize(
    ("language", "printed", "meant"),
    [
        (
            "en",
            "Published: May 1, 2031 at 9:30 am | Updated: May 2, 2031 at 10:45 am",
            [("published", "2031-05-01T07:30:00Z"), ("updated", "2031-05-02T08:45:00Z")],
        ),
        (
            "fr",
            "Publié le 15 janvier 2031 à 18h12, mis à jour le 16 janvier 2031 à 09h40",
            [("published", "2031-01-15T17:12:00Z"), ("updated", "2031-01-16T08:40:00Z")],
        ),
        (
            "es",
            "27/11/2030 01:57 | Actualizado a 27/11/2030 19:20",
            [(None, "2030-11-27T00:57:00Z"), ("updated", "2030-11-27T18:20:00Z")],
        ),
        (
            "ja",
            "公開 2031年5月3日 14時05分 更新 2031年5月4日 9時05分",
            [("published", "2031-05-03T12:05:00Z"), ("updated", "2031-05-04T07:05:00Z")],
        ),
        ("en", "Current time: 14 Oct 2030, 12:18", [("now", "2030-10-14T10:18:00Z")]),
        ("de", "Aktualisiert: 3. Mai 2031, 9:05", [("updated", "2031-05-03T07:05:00Z")]),
        (
            "en",
            "14:05, 3 May 2031 | 15:10, 4 May 2031",
            [(None, "2031-05-03T12:05:00Z"), (None, "2031-05-04T13:10:00Z")],
        ),
    ],
)
def test_one_line_can_print_several_times_and_says_what_they_are(
    language: str, printed: str, meant: list[tuple[str | None, str]]
):
    assert [(stamp.label, stamp.moment.iso) for stamp in stamps(printed, VELM, language)] == meant


def test_a_month_of_another_language_than_the_pages_is_known_where_it_means_one_month_alone():
    assert [stamp.moment.iso for stamp in stamps("3 toukokuuta 2031", VELM, "en")] == ["2031-05-03"]
    assert stamps("3 listopada 2031", VELM, "en") == ()  # October in Croatian, November in Polish


@pytest.mark.parametrize(
    ("language", "printed", "day"),
    [("tr", "3 KASIM 2031", "2031-11-03"), ("tr", "3 kasim 2031", "2031-11-03"), ("az", "3 İyul 2031", "2031-07-03")],
)
def test_a_month_is_known_whichever_i_its_letters_are_written_with(language: str, printed: str, day: str):
    assert [stamp.moment.iso for stamp in stamps(printed, VELM, language)] == [day]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Last updated:", "updated"),
        ("YAYINLANMA TARİHİ", "published"),
        ("SON GÜNCELLEME", "updated"),
        ("Low tide at", None),
        ("12:40", None),
    ],
)
def test_words_before_a_time_are_known_in_any_case_of_letters(words: str, label: str | None):
    assert label_of(words) == label


def test_every_name_of_a_month_is_found_where_it_stands_alone_or_behind_a_preposition():
    for known in (all_months(), *map(months, ("he", "hi", "ja", "el", "tr", "vi"))):
        for name in known.numbers:
            for line in (f"3 {name} 2031", f"ב{name}", f"l’{name}"):
                assert [match.span() for match in known.places(line)] == [
                    match.span() for match in known.pattern.finditer(line)
                ]


def test_zones_that_share_a_name_are_told_by_the_papers_own():
    printed = "3 May 2031 14:05 IST"
    assert stamps(printed, ZoneInfo("Asia/Kolkata"), "en")[0].moment.at == datetime(2031, 5, 3, 8, 35, tzinfo=UTC)
    assert stamps(printed, ZoneInfo("Asia/Jerusalem"), "en")[0].moment.at == datetime(2031, 5, 3, 11, 5, tzinfo=UTC)


def test_a_line_is_left_without_its_times():
    line = "Ann Alder, May 3, 2031, 2:05 pm ET | Velm"
    assert without_times(line, "en").split("\n")[0].strip(" ,") == "Ann Alder"
    assert "2031" not in without_times(line, "en")
