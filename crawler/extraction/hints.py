"""What does a page call its elements? Classes and ids that say that something is no part of the prose.

Names are a hint and never more: what holds most of a page's prose, or its first, is the text whatever it is called.
"""

from __future__ import annotations

import re
from functools import lru_cache

# By class or id. Whole words of a name such as ``article__related-links``; vocabulary seen on papers of many countries.
_NAMED: tuple[tuple[str, str], ...] = tuple(
    (reason, "|".join(names))
    for reason, names in (
        (
            "embed",
            (
                *(
                    r"twitter-(?:tweet|video)",
                    r"instagram-media",
                    r"fb-post",
                    r"tiktok-embed",
                    r"reddit-(?:embed|card)",
                ),
                *(r"bluesky-embed", r"mastodon-embed", r"telegram-post", r"threads?-(?:post|embed)", r"vk-post"),
            ),
        ),
        (
            "note",
            (
                *(r"corrections?", r"editor-?s?-?note", r"clarifications?", r"errat(?:a|um)", r"update-?note"),
                *(r"correction-?(?:note|text|box)", r"footnotes?", r"anmerkung(?:en)?", r"korrektur(?:hinweis)?"),
            ),
        ),
        (
            "box",
            (
                *(
                    r"fact-?(?:box|file|sheet)s?",
                    r"info-?box(?:es)?",
                    r"at-?a-?glance",
                    r"key-?(?:facts|points|takeaways)",
                ),
                *(
                    r"takeaways",
                    r"explainer-?box",
                    r"info-?kasten",
                    r"faktaruta",
                    r"faktaboks",
                    r"kader",
                    r"steckbrief",
                ),
                *(r"sidebar-?text", r"side-?note", r"background-?box", r"encadre", r"despiece"),
            ),
        ),
        (
            "related",
            (
                *(r"related[\w-]*", r"read-?more(?:-\w+)?", r"more-on", r"see-?also", r"also-?read", r"know-?more"),
                *(r"inline-?teaser", r"link-?card", r"rich-?link"),
            ),
        ),
        (
            "teasers",
            (
                *(r"recommend(?:ed|ations?)?", r"more-(?:from|stories|news)", r"teasers?", r"outbrain", r"taboola"),
                *(r"(?:story|article)-?cards?", r"collections?"),
            ),
        ),
        ("most read", (r"most-?(?:read|popular|viewed)", r"trending", r"popular", r"just-in", r"latest(?:-\w+)?")),
        (
            "newsletter",
            (
                r"newsletter[\w-]*",
                r"sign-?up(?:-form)?",
                r"subscription-widget[\w-]*",
                r"subscribe(?:-\w+)?",
                r"mailing-?list",
            ),
        ),
        (
            "share",
            (r"(?:share|social)(?:-?(?:bar|buttons?|tools?|links?|icons?|media|share))?", r"sharing", r"sharedaddy"),
        ),
        (
            "caption",
            (
                *(r"(?:fig|wp-)?caption(?:-text)?", r"image-(?:caption|credit|copyright)", r"photo-?credit"),
                *(r"credits?", r"copyright"),
            ),
        ),
        ("disclaimer", (r"disclaimer", r"contribute-banner", r"donat(?:e|ion)(?:-\w+)?", r"favou?r-banner")),
        (
            "author",
            (
                *(r"authors?-?(?:bio(?:graphy)?|box|info|card|details?|desc(?:ription)?)", r"about-the-author"),
                *(r"bio(?:graphy)?", r"post-author", r"autoren-?box"),
            ),
        ),
        ("tags", (r"(?:article-?)?tags", r"tag-?list", r"keywords", r"topics")),
        (
            "advertisement",
            (
                *(r"ads?(?:-?(?:slot|container|wrapper|unit))?", r"advert(?:isement)?", r"adsbygoogle"),
                *(r"sponsor(?:ed)?", r"promo"),
            ),
        ),
        (
            "comments",
            (
                *(r"comments?(?:-?(?:list|section|area|body|thread))?", r"disqus[\w-]*", r"discussions?", r"replies"),
                *(r"(?:reader|user|fb)-?comments", r"kommentare?", r"commentaires?", r"comentarios?", r"komentarze?"),
                *(r"commenti", r"reacties", r"kommentarer", r"respond", r"(?:user|reader)-?reviews", r"hyvor[\w-]*"),
                *(r"coral-(?:talk|thread)[\w-]*", r"discuss", r"spot-?im[\w-]*", r"viafoura[\w-]*", r"guest-?book"),
            ),
        ),
        ("footer", (r"(?:site|page|main|global)-?footer", r"(?<![_-])footer", r"colophon", r"site-info", r"imprint")),
        (
            "dialog",
            (
                *(r"modal", r"popup", r"lightbox(?:-wrapper)?", r"cookie[\w-]*", r"optanon[\w-]*", r"consent[\w-]*"),
                *(r"gdpr[\w-]*", r"(?:story|article|page)-?tools?"),
            ),
        ),
    )
)


_QUOTE = re.compile(r"(?:^|[\s_-])(?:block|pull|big)?-?(?:quotes?|quotation|zitat|citation|citat|cita)(?=$|[\s_-])")
_WORDS = re.compile(rf"(?:^|[\s_-])(?=(?:{'|'.join(f'({names})' for _, names in _NAMED)})(?=$|[\s_-]))")
"""Where whole words begin of a name in small letters (``re`` takes five times as long where case is ignored), each with
its reason as group: the first that fits, for the words themselves are only looked ahead at.
"""


@lru_cache(maxsize=8192)  # a paper uses the same few hundred names on all its pages
def named_reason(hint: str) -> str | None:
    """Return the reason why elements of this name, in small letters, are no prose; None where it says nothing."""
    group = min((match.lastindex or 0 for match in _WORDS.finditer(hint)), default=0)
    return _NAMED[group - 1][0] if group else None


@lru_cache(maxsize=8192)
def is_called_quote(hint: str) -> bool:
    """Return whether elements of this name, in small letters, hold a quotation."""
    return _QUOTE.search(hint) is not None
