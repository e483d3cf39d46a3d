"""By which numbers is a text told from what stands around it? All of the judge's and the verdicts', with their origin.

Lengths are in characters. "Papers" are the recorded pages of the benchmark, of which one half was looked at.
"""

from __future__ import annotations

SHORT = 250
"""A text of less is a teaser or a caption; also what trafilatura itself calls short."""
A_TEXT = 250
"""Of prose around a headline: from here on it is the text of that headline, however much stands elsewhere."""
SHARE_OF_PROSE = 0.6
"""The fast pass is doubted where it has less of the prose of the page's densest part. On papers it has .9 and more,
where it fails less than .4; between lie pages with an appendix."""
SHARE_OF_WITNESS = 0.6
"""The same of what the JSON-LD says the text is, which some papers shorten by a third."""
SURE_TEXT, SURE_SHARE = 1_000, 0.9
"""A part of the page of so many characters that has so much of all prose needs no second witness."""
SURE_SHARE_OF_BUILD = 0.8
"""If so much of it stands in elements of one name: a part of two makes is perhaps a text and a letter to readers."""
MOST_BLOCKS = 5_000
"""Of a page with more blocks trafilatura is not asked: it needs seconds, and the longest papers have half of that."""
MOST_LINKED = 0.5
"""A text of which more is links is a menu; link lists that papers write reach .4."""
CORE = 0.8
"""The text's own column is the smallest element that holds so much of it: a lead and a note may stand apart."""
CHILD = 0.7
"""The densest part is sought downwards while one child holds so much of its parent's prose."""
FAMILY = 0.5
"""Sisters of chosen paragraphs belong to them where at least so many are chosen."""
SHORTEST_SENTENCE = 40
"""Bare words between paragraphs are text from here on, if they end as sentences do; less is a label or a button."""
MOST_LINKED_LINE = 0.4
"""Of a line between paragraphs: of more it is a teaser."""
CERTAIN = 25
"""Letters that do not stand in another text by chance."""
SURE_COPY = 200
"""Letters that are not said twice in one text on purpose; questions of an interview are."""
FURTHER = 2
"""Paragraphs behind the text in its own column that make a part of it: half of single ones are about the author."""
OPENING_LINE, MOST_OPENINGS = 60, 3
"""Length of a first paragraph that stands apart from the text, and how many there are: more are another text."""
LONG_STANDFIRST = 200
"""A heading under the headline that is so long is the beginning of the text; of shorter ones half are."""
HEAD = 6
"""Paragraphs among which lines of the head (time, byline, the title again) are looked for."""
NEAR_HEAD = 4
"""The same for the title and the line under it."""
REPEATED, SHORT_LINE = 3, 60
"""A short line that stands so often in one text is a button."""
LONGEST_SIGNATURE = 120
"""Of a line over the text in an element that is called a byline or a date."""
MENU, LINKED_MENU = 4, 0.6
"""Links of a line, and their share of it, that make a menu; a list of sources ends as a sentence does."""
WORDS_OF_NAME = 5
"""Of a line over what is said of an author."""
GALLERY = 3
"""Captions that make a gallery, where they hold more words than the prose."""
MOST_CHARACTERS, MOST_PARAGRAPHS, MOST_LINKS = 1_000_000, 10_000, 5_000
"""Bounds of an article; the longest ones of the papers, live blogs of a year, come to a third of that."""
MOST_DROPPED, DROPPED_BEYOND_TEXT = 200, 20_000
"""What was dropped is kept in so many rows, of at most the text's length and so many characters more."""
