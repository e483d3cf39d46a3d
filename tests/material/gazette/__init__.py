"""Der Oswiner Bote: a second invented paper, in German, laid out in nothing like the first.

Its addresses end in a bare number, its pages say their dates in JSON-LD, in microdata or only in words, its feed is
Atom. Served and recorded as the first one is: :class:`tests.material.gazette.paper.Gazette` answers addresses, and
:mod:`tests.material.gazette.truth` is what a reader would say the pages hold.
"""
