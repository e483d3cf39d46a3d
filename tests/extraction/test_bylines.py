"""Bylines to people and agencies."""

from __future__ import annotations

import pytest

from crawler.extraction.agencies import wire
from crawler.extraction.bylines import people


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["By Ann Alder, Ben Birch and Cy Cedar"], ("Ann Alder", "Ben Birch", "Cy Cedar")),
        (["By Ann Alder, Ben Birch, and Cy Cedar"], ("Ann Alder", "Ben Birch", "Cy Cedar")),
        (["BY ANN ALDER & BEN BIRCH-O'HARA"], ("Ann Alder", "Ben Birch-O'Hara")),
        (
            ["ΑΝΝΑ ΣΚΛΗΘΡΑ", "АННА ОЛЬХА", "BBC NEWS", "RIA NOVOSTI"],
            ("Αννα Σκληθρα", "Анна Ольха", "BBC NEWS", "RIA NOVOSTI"),
        ),
        (["Staff writer Ann Alder", "Guest columnist Ben Birch"], ("Ann Alder", "Ben Birch")),
        (
            ["Text: Anna Erle", "Kommentar von Bernd Birke", "Gastautorin: Zoe Zeder"],
            ("Anna Erle", "Bernd Birke", "Zoe Zeder"),
        ),
        (["Ann Alder in Velm and Ben Birch in Lower Bank"], ("Ann Alder", "Ben Birch")),
        (["Associated Press in Velm", "Anna Erle aus Unterufer"], ("Associated Press", "Anna Erle")),
        (
            ["Vicky von Velm", "Leonardo in der Au", "Ana en Beto"],
            ("Vicky von Velm", "Leonardo in der Au", "Ana en Beto"),
        ),
        (["Γράφει η Άννα Σκλήθρα", "Oleh: Ana Alder dan Budi Birka"], ("Άννα Σκλήθρα", "Ana Alder", "Budi Birka")),
        (["بقلم: ليلى صفصاف، سعاد بتولا", "מאת אורן אלון"], ("ليلى صفصاف", "سعاد بتولا", "אורן אלון")),
        (["โดย อรุณ สนธยา", "记者：柳青，桦林", "文／赤羽楓"], ("อรุณ สนธยา", "柳青", "桦林", "赤羽楓")),
        (["Von Anna Erle und Bernd Birke"], ("Anna Erle", "Bernd Birke")),
        (["Par Anne Aulne et Benoît Bouleau"], ("Anne Aulne", "Benoît Bouleau")),
        (["Por Ana Aliso y Beto Abedul"], ("Ana Aliso", "Beto Abedul")),
        (["Di Anna Ontano; Bruno Betulla"], ("Anna Ontano", "Bruno Betulla")),
        (["Av Anna Al och Bo Björk"], ("Anna Al", "Bo Björk")),
        (["Автор: Анна Ольха и Борис Береза"], ("Анна Ольха", "Борис Береза")),
        (["Alder, Ann"], ("Ann Alder",)),
        (["Ann Alder (aal)", "ann alder"], ("Ann Alder",)),
        (["Ann Alder, Senior Correspondent", "desk@paper.example"], ("Ann Alder",)),
        (["Ann Alder | The Paper https://paper.example/ann"], ("Ann Alder", "The Paper")),
        (["3 hours ago", "admin", "Updated May 12", "https://social.example/paper", ""], ()),
        (["Vonnegut Alder"], ("Vonnegut Alder",)),
        (["Andy Sanders"], ("Andy Sanders",)),
        (["dpa/AFP"], ("dpa/AFP",)),
    ],
)
def test_names_are_split_and_cleaned(said: list[str], expected: tuple[str, ...]):
    assert people(said) == expected


@pytest.mark.parametrize(
    ("authors", "paragraphs", "expected"),
    [
        (("Deutsche Presse-Agentur",), (), "dpa"),
        (("Ann Alder", "Reuters"), (), "Reuters"),
        ((), ("VELM (AP) — The ferry sank.", "More."), "AP"),
        ((), ("VELM, May 12 (Reuters) - The ferry sank.",), "Reuters"),
        ((), ("The ferry sank.", "AFP contributed reporting."), "AFP"),
        ((), ("The ferry sank.", "The Associated Press contributed to this report."), "AP"),
        ((), ("The ferry sank.", "(Reuters)"), "Reuters"),
        ((), ("Die Fähre sank.", "Quelle: APA"), "APA"),
        ((), ("Reuters was told that the ferry sank, and that nobody aboard had noticed.",), None),
        (("Ann Alder",), ("AP classes begin on Monday.",), None),
    ],
)
def test_an_agency_is_known_by_credit_dateline_or_last_line(
    authors: tuple[str, ...], paragraphs: tuple[str, ...], expected: str | None
):
    assert wire(authors, paragraphs) == expected
