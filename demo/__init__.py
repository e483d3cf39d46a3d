"""The Velmora Herald: a small invented newspaper, laid out as The Moscow Times lays out its pages.

Everything the paper answers is a function of its origin, the address and the time: :class:`demo.paper.Paper`.
What a reader would say its pages hold is in :mod:`demo.truth`. Town, people and events are made up.
"""
