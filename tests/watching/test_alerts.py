"""Events to alerts, once each; alerts to messages, each target for itself."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.article import Candidate, Kind, Moment, Source, utc_text
from crawler.monitoring.sending import SendError, body, plain, send, send_due, title
from pipelines.archive import ledger
from pipelines.archive.ledger import Entry
from pipelines.store import store
from pipelines.watching import alerts, findings
from pipelines.watching.alerts import Batch, Item
from pipelines.watching.health import Finding, Verdict
from pipelines.watching.watches import Watch
from tests.make import MT, NOW, SITES, TEXT, record, visit

MINUTE = timedelta(minutes=1)


def watch(name="watch", **conditions):
    return Watch(**{"name": name, "targets": ("desk",), **conditions})


def keep(db, number, *, minutes=0, **fields):
    """Store an article, as the last stage does. Returns how many alerts that gave."""
    url = f"{MT}/2024/12/09/article-a{number}"
    distinct = tuple(f"{paragraph} This is article {number}." for paragraph in TEXT)
    one = visit(url, minutes=minutes, **({"title": f"Article {number}", "paragraphs": distinct} | fields))
    before = len(told(db))
    store(db, record(one), SITES.for_url(url), None)
    return len(told(db)) - before


def told(db):
    return [tuple(row) for row in db.execute(
        "select w.name, l.message from alerts l join watches w on w.id = l.watch_id order by l.id"
    )]  # fmt: skip


def follow(db, *watches, complete=True):
    alerts.follow(db, watches, complete=complete)


@pytest.mark.parametrize(
    ("conditions", "fields", "is_met"),
    [
        ({}, {}, True),
        ({"sites": ("moscowtimes",)}, {}, True),
        ({"sites": ("another",)}, {}, False),
        ({"sections": ("news",)}, {"section": "news"}, True),
        ({"sections": ("news",)}, {"section": None}, False),
        ({"kinds": (Kind.OPINION,)}, {"kind": Kind.OPINION}, True),
        ({"kinds": (Kind.OPINION,)}, {}, False),
        ({"authors": ("mara QUILL",)}, {"authors": ("Ivo Brand", "Mara Quill")}, True),
        ({"authors": ("Mara Quill",)}, {"authors": ("Mara Quillfeather",)}, False),
        ({"query": "council AND monday"}, {}, True),
        ({"query": '"town council" NOT harbour'}, {}, True),
        ({"query": "harbour"}, {}, False),
        ({"query": "title:seven"}, {"title": "Seven Ferries"}, True),
        ({"query": "市議会"}, {"paragraphs": ("月曜日に市議会が決定した。" * 5,)}, True),
        ({"query": "市場"}, {"paragraphs": ("月曜日に市議会が決定した。" * 5,)}, False),
        ({"events": ("changed",)}, {}, False),
        ({"events": ("health",)}, {}, False),
    ],
)
def test_a_watch_is_met_by_what_it_asks_for(db, conditions, fields, is_met):
    follow(db, watch(**conditions))
    assert keep(db, 1, **fields) == int(is_met)


def test_each_event_is_matched_once(db):
    follow(db, watch("new"), watch("changed", events=("changed",)))
    keep(db, 1)
    keep(db, 1, minutes=5)
    keep(db, 1, minutes=60, title="Article 1, Told Otherwise")
    alerts.match(db)
    assert told(db) == [
        ("new", "new: Article 1"),
        ("changed", "edited: Article 1, Told Otherwise (title)"),
    ]


def test_what_happened_before_a_watch_is_not_told_and_a_watch_that_is_gone_is_silent(db):
    keep(db, 1)
    follow(db, watch("first"))
    keep(db, 2)
    follow(db, watch("second"))
    keep(db, 3)
    follow(db)
    keep(db, 4)
    assert told(db) == [("first", "new: Article 2"), ("second", "new: Article 3")]


def test_while_the_file_is_wrong_the_other_watches_go_on(db):
    follow(db, watch("one"), watch("two"))
    follow(db, watch("one"), complete=False)
    keep(db, 1)
    assert [name for name, _ in told(db)] == ["one", "two"]


def test_articles_that_a_backfill_brings_are_no_news_but_their_changes_are(db):
    follow(db, watch(events=("new", "changed")))
    keep(db, 1, published=Moment(NOW - timedelta(days=200)))
    keep(db, 2, published=None)
    keep(db, 1, minutes=60, title="An Old Article, Changed", published=Moment(NOW - timedelta(days=200)))
    assert [message.partition(":")[0] for _, message in told(db)] == ["new", "edited"]


def was_there(db, number, crawl_id):
    """Store an article that a first reading of a listing names."""
    url = f"{MT}/2024/12/09/article-a{number}"
    entry = Entry(Candidate(url, Source.FEED, f"{MT}/rss"), "moscowtimes", SITES.address_key(url), was_there=True)
    ledger.note(db, [entry], NOW)
    one = visit(url, title=f"Article {number}", paragraphs=tuple(f"{text} Of {number}." for text in TEXT))
    store(db, record(one), SITES.for_url(url), crawl_id)


def crawled(db, crawl_id, mode="crawl"):
    db.execute(
        "insert into crawls(id, site, mode, started_at, outcome) values (?, 'moscowtimes', ?, '2024', 'done')",
        (crawl_id, mode),
    )


def test_at_the_first_crawl_of_a_site_a_watch_is_told_how_much_was_there(db):
    follow(db, watch(), watch("quills", authors=("Mara Quill",)), watch("changes", events=("changed",)))
    crawled(db, 1)
    for number in (1, 2, 3):
        was_there(db, number, 1)
    assert told(db) == []
    alerts.tell_what_was_there(db, "moscowtimes", 1, utc_text(NOW))
    assert told(db) == [("watch", "The Moscow Times: 3 articles were there already; what is new from now on is told")]
    (batch,) = alerts.due(db, NOW)
    assert batch.items[0].message.startswith("The Moscow Times: 3 articles")


@pytest.mark.parametrize("case", ["a later crawl", "a backfill", "told before"])
def test_later_crawls_and_watches_that_have_told_of_the_site_have_no_such_message(db, case):
    follow(db, watch())
    if case == "a later crawl":
        crawled(db, 1)
    if case == "told before":
        assert keep(db, 9) == 1
    crawled(db, 2, "backfill" if case == "a backfill" else "crawl")
    was_there(db, 1, 2)
    before = told(db)
    alerts.tell_what_was_there(db, "moscowtimes", 2, utc_text(NOW))
    assert told(db) == before


def test_better_rules_alert_nobody(db):
    follow(db, watch(events=("new", "changed")))
    keep(db, 1)
    keep(db, 1, minutes=60, title="Article One", extractor="another version")
    assert len(told(db)) == 1


def test_the_beginning_and_the_end_of_a_finding_are_told_once(db):
    follow(db, watch("mine", events=("health",), sites=("daily",)), watch("other", events=("health",), sites=("x",)))
    ill = Finding("silence", "no new article for 3 days", 72, 4)
    for hour, found in enumerate(((ill,), (ill,), (), (ill,), (), (), ())):
        findings._reconcile(db, "daily", None, Verdict(found, frozenset()), f"2026-03-02T{hour:02}:00:00Z")
    assert told(db) == [
        ("mine", "warning: daily: no new article for 3 days"),
        ("mine", "over: daily: no new article for 3 days"),
    ]


def test_what_a_watch_would_have_told(db):
    keep(db, 1)
    keep(db, 2, title="Council and Harbour")
    found = alerts.past(db, watch(query="harbour"), NOW - timedelta(days=7))
    assert [(item.paper, item.message, item.alert_id) for item in found] == [
        ("The Moscow Times", "new: Council and Harbour", None)
    ]
    assert told(db) == []


class Desk:
    """Targets that take messages, or do not."""

    def __init__(self, *down: str) -> None:
        self.down = set(down)
        self.taken: list[tuple[str, str]] = []

    def send(self, address: str, subject: str, _text: str) -> None:
        if address in self.down:
            raise SendError("connection refused")
        self.taken.append((address, subject))


def deliver(db, desk, minutes):
    targets = {"desk": "mailto://desk", "phone": "ntfy://phone"}
    return send_due(db, targets, desk.send, "", lambda: NOW + minutes * MINUTE)


def test_a_target_that_fails_is_tried_again_after_growing_pauses_and_the_other_gets_nothing_twice(db):
    follow(db, watch(targets=("desk", "phone")))
    keep(db, 1)
    desk = Desk("ntfy://phone")
    for minute in range(20):
        deliver(db, desk, minute)
    assert desk.taken == [("mailto://desk", "watch: new: Article 1")]
    row = db.execute("select attempts, error from deliveries where target = 'phone'").fetchone()
    assert tuple(row) == (5, "connection refused")  # at 0, 1, 3, 7 and 15 minutes
    desk.down.clear()
    for minute in range(20, 60):
        deliver(db, desk, minute)
    assert desk.taken[1:] == [("ntfy://phone", "watch: new: Article 1")]
    assert not alerts.is_waiting(db, NOW + timedelta(days=9))


def test_an_alert_is_given_up_when_it_is_no_news_any_more(db):
    follow(db, watch())
    keep(db, 1)
    desk = Desk("mailto://desk")
    for hour in range(24 * 9):
        deliver(db, desk, 60 * hour)
    assert not alerts.is_waiting(db, NOW + timedelta(days=30))
    assert db.execute("select error from deliveries").fetchone()["error"] == "connection refused"


def test_a_digest_tells_the_first_at_once_and_gathers_the_rest(db):
    follow(db, watch(digest="30 min"))
    desk = Desk()
    for number in range(1, 12):
        keep(db, number, minutes=3 * number)
        deliver(db, desk, 3 * number)
    deliver(db, desk, 64)
    assert [subject for _, subject in desk.taken] == ["watch: new: Article 1", "watch: 10 alerts"]


def test_many_alerts_go_in_messages_of_bounded_length(db):
    follow(db, watch())
    for number in range(1, 121):
        keep(db, number)
    desk = Desk()
    for minute in range(4):
        deliver(db, desk, minute)
    assert [subject for _, subject in desk.taken] == ["watch: 120 alerts", "watch: 70 alerts", "watch: 20 alerts"]


def test_a_message_is_no_longer_than_its_target_takes_and_what_does_not_fit_follows_at_once(db):
    follow(db, watch(targets=("chat",)))
    for number in range(1, 41):
        keep(db, number, title=f"Article {number} " + "and what came of it " * 12)
    sent: list[str] = []
    chat = {"chat": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js/"}  # takes 2,000 characters
    assert send_due(db, chat, lambda _to, _title, text: sent.append(text), "", lambda: NOW + MINUTE) == (len(sent), 0)
    assert all(len(text) <= 2_000 for text in sent)
    assert len(sent) > 5
    assert [number for number in range(1, 41) if f"new: Article {number} " not in "".join(sent)] == []
    assert "more, with the next message" not in sent[-1]
    assert not alerts.is_waiting(db, NOW + timedelta(days=9))


def test_when_a_part_of_a_digest_is_refused_what_was_taken_is_not_sent_again(db):
    follow(db, watch(targets=("chat",)))
    for number in range(1, 41):
        keep(db, number, title=f"Article {number} " + "and what came of it " * 12)
    sent: list[str] = []

    def send(_to, _title, text):
        if len(sent) == 2:
            raise SendError("busy")
        sent.append(text)

    chat = {"chat": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js/"}
    assert send_due(db, chat, send, "", lambda: NOW + MINUTE) == (2, 1)
    sent.append("the target is well again")
    assert send_due(db, chat, send, "", lambda: NOW + 5 * MINUTE)[1] == 0
    for number in range(1, 41):
        assert "".join(sent).count(f"new: Article {number} ") == 1


def test_each_target_that_fails_is_given_its_own_reason():
    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            at_once.wait(10)  # until the others are under way too
            self.send_response(int(self.path.strip("/")))
            self.end_headers()

        def log_message(self, *_args):
            pass

    statuses = range(440, 448)
    at_once = threading.Barrier(len(statuses))
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as http, ThreadPoolExecutor(len(statuses)) as pool:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        reasons = list(pool.map(lambda status: refused(f"json://127.0.0.1:{http.server_port}/{status}/"), statuses))
        http.shutdown()
    assert [str(status) in reason for status, reason in zip(statuses, reasons, strict=True)] == [True] * 8, reasons


def refused(address):
    with pytest.raises(SendError) as error:
        send(address, "Refineries", "new: Article")
    return str(error.value)


def test_a_target_that_is_no_longer_in_the_file_is_told(db):
    follow(db, watch(targets=("gone",)))
    keep(db, 1)
    assert deliver(db, Desk(), 1) == (0, 1)
    assert "no such target" in db.execute("select error from deliveries").fetchone()["error"]


@pytest.mark.parametrize(
    ("query", "paragraphs", "excerpt"),
    [
        ("mayor", None, "The mayor"),
        ("市議会", ("月曜日に市議会が決定した。" * 5,), "市議会"),
        (None, None, "A standfirst of its own."),
    ],
)
def test_an_alert_names_the_paper_and_has_the_words_that_were_looked_for(db, query, paragraphs, excerpt):
    follow(db, watch(query=query))
    told_of = "The council met. " * 40 + "The mayor of the lower town had nothing to say. " + "It went on. " * 40
    keep(db, 1, paragraphs=paragraphs or (told_of,), standfirst="A standfirst of its own.")
    ((item,),) = [batch.items for batch in alerts.due(db, NOW)]
    assert item.paper == "The Moscow Times"
    assert excerpt in item.excerpt
    assert len(item.excerpt) < 300
    assert body(Batch("w", "desk", (item,)), "").splitlines()[2] == plain(item.excerpt)


def test_the_trouble_of_a_site_is_told_with_its_papers_name(db):
    keep(db, 1)
    follow(db, watch(events=("health",)))
    ill = Finding("silence", "no new article for 3 days", 72, 4)
    for day in (2, 3):
        findings._reconcile(db, "moscowtimes", None, Verdict((ill,), frozenset()), f"2024-12-{day:02}T00:00:00Z")
    ((item,),) = [batch.items for batch in alerts.due(db, NOW)]
    assert (item.paper, item.excerpt, item.url) == ("The Moscow Times", "", "")


ITEM = Item(4, "2024-12-09T12:00:00Z", "new: Article", "moscowtimes", f"{MT}/a", 17)


def test_a_message_says_what_where_and_when():
    batch = Batch("Refineries", "desk", (ITEM, replace(ITEM, message="over: all is well", url="", article_id=None)), 3)
    assert title(batch) == "Refineries: 5 alerts"
    assert body(batch, "https://room.example/") == (
        f"new: Article\nmoscowtimes · 2024-12-09T12:00:00Z\n{MT}/a\nhttps://room.example/news/articles/17\n\n"
        "over: all is well\nmoscowtimes · 2024-12-09T12:00:00Z\n\n"
        "… and 3 more, with the next message"
    )


@pytest.mark.parametrize(
    "nasty", ["a\r\nBcc: x@y.example", "a\x1b[31mred", "a\u202eb", "a\x00b", "a\u2028b", "a\ud800b", "long " * 500]
)
def test_a_headline_cannot_make_a_line_a_header_or_a_colour(nasty):
    batch = Batch("w", "desk", (replace(ITEM, message=nasty),))
    assert plain(nasty) == plain(plain(nasty))
    assert len(title(batch)) <= 500
    assert not set(title(batch)) & set("\r\n\x1b\u202e\x00\u2028\ud800")
    assert len(body(batch, "").splitlines()) == 3


@pytest.mark.parametrize("ahead", [timedelta(hours=7), timedelta(days=40)], ids=str)
def test_what_a_wrong_clock_has_put_off_is_sent(db, ahead):
    follow(db, watch())
    keep(db, 1)
    (batch,) = alerts.due(db, NOW + ahead)
    alerts.failed(db, batch, "no answer", NOW + ahead)
    assert alerts.is_waiting(db, NOW)
    assert [one.items for one in alerts.due(db, NOW)] == [batch.items]


def test_a_digest_does_not_wait_for_a_message_that_is_still_to_come(db):
    follow(db, watch(digest="1 d"))
    keep(db, 1)
    alerts.sent(db, alerts.due(db, NOW)[0], NOW + timedelta(days=300))
    keep(db, 2)
    assert len(alerts.due(db, NOW)) == 1


def test_one_try_by_a_clock_that_is_ahead_does_not_give_an_alert_up(db):
    follow(db, watch())
    keep(db, 1)
    alerts.failed(db, alerts.due(db, NOW)[0], "no answer", NOW + timedelta(days=90))
    assert db.execute("select next_try_at is not null from deliveries").fetchone()[0] == 1
