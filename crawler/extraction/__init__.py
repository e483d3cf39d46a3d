"""Bytes of a page to an article: pure functions, nothing of Scrapy.

Three lines, in any program:

>>> from crawler.extraction import extract
>>> html = b'''<html lang="en"><head><title>Ferry line reopens</title>
... <meta property="article:published_time" content="2024-12-09T14:02:00+03:00"></head>
... <body><article><h1>Ferry line reopens</h1><p class="byline">By Mara Quill</p>
... <p>The ferry between the two quays runs again from Monday, the harbour office said on Sunday evening. It had lain
... still for a month, since the storm that broke the northern pier.</p>
... <p>Divers have set eleven new piles. The old ones, of oak, go to the museum of the town, which asked for them.</p>
... </article></body></html>'''
>>> article = extract(html, "https://harbour.example/news/ferry").to_dict()
>>> article["title"], article["published_at"], article["authors"]
('Ferry line reopens', '2024-12-09T11:02:00Z', ['Mara Quill'])
>>> article["paragraphs"][1][:33]
'Divers have set eleven new piles.'

``site`` is the profile of the site: by default the shipped one for this address, if there is one;
:func:`crawler.profiles.load_profiles` reads others. ``fetched_at`` is by default now: for a page fetched earlier, say
when, or what it calls *yesterday* is misread.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at run time the module of that name, which can be called: importing this package stays cheap
    from crawler.extraction.extract import extract as extract
