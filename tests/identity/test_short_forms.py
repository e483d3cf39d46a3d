"""What a paper prints each day in the same words stays news, and what it publishes twice is kept twice."""

from dataclasses import replace

from crawler.article import Candidate, Source
from pipelines.identity.doubts import is_doubtful
from pipelines.store import store
from tests.make import MT, SITES, TEXT, fresh_archive, record, rows, visit

FORMS = {
    "Exchange rates": "The central bank set the crown at {} to the euro and {} to the dollar on {} December, it said",
    "Weather": "It will be {} degrees at noon in the harbour and {} at night on {} December, with wind from the west",
    "Lottery numbers": "The numbers drawn were {}, {}, 17 and 33 on {} December; the jackpot goes into the next draw",
    "Football results": "The Harbour Rovers lost {} to {} on {} December before a small crowd, and went home by ferry",
    "Water levels": "The river stood at {} centimetres at the bridge and at {} at the mill on {} December, at six",
    "Pollen count": "The count of birch was {} in the town, that of grass {} on {} December; keep your windows shut",
    "Closing prices": "The index closed at {} points, {} more than the day before, on {} December; the ferry line rose",
    "Fuel prices": "A litre of petrol cost {} crowns in town, and of diesel {} on {} December; the motorway was dearer",
    "Police blotter": "Officers were called {} times, of which {} for noise, on {} December; a goat is back",
    "Ships expected": "In the harbour {} ferries and {} freighters are expected on {} December, the first at five",
    "Tide table": "High water is {} minutes past six and low water {} minutes past noon on {} December, at the lock",
    "Fish market": "At the auction cod cost {} crowns a kilo, plaice {} on {} December; there were few who would buy",
}
REST = ", as it does every day of the year, and whoever wants to know more may ask at the office on the pier."


def look(name, title, *paragraphs):
    """A page without any time, which a feed names by its headline."""
    url = f"{MT}/2024/12/09/{name}"
    made = visit(url, title=title, published=None, paragraphs=paragraphs)
    return record(replace(made, candidate=Candidate(url, Source.FEED, f"{MT}/rss", title)))


def test_twelve_short_forms_of_three_days_and_five_double_publications_are_all_kept():
    looks = [
        look(f"form-a{1000 + 10 * n + day}", title, form.format(7 * n + day, 90 - 3 * day + n, day) + REST)
        for n, (title, form) in enumerate(FORMS.items())
        for day in (7, 8, 9)
    ]
    for number in range(10):
        text = (f"The pier number {number // 2} comes back after the storm, says the council.", *TEXT)
        looks.append(look(f"double-a{2000 + number}", f"Pier {number // 2} Comes Back", *text))
    db = fresh_archive()
    for one in looks:
        assert not is_doubtful(one, None), one.article.title
        store(db, one, SITES.for_url(one.article.url), None)
    assert rows(db, "select count(*) from articles") == [(46,)]
    doubles = rows(db, "select title, count(*) from articles where duplicate_of is not null group by 1 order by 1")
    assert doubles == [(f"Pier {number} Comes Back", 1) for number in range(5)]
