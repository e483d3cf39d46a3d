"""Which letters belong to scripts that are written without spaces between words? Data; standard library only."""

from __future__ import annotations

import re

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Ranges of letters, to stand within brackets in a pattern: Thai, Lao, Burmese, Khmer, kana and Han.

Hangul is none of them: Korean has spaces. An index of archives is built on this very text (see
:mod:`pipelines.archive.searching`): whoever changes it migrates them.
"""
UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
LETTERS_PER_WORD = 2
"""Of these scripts, on average: what lengths in words are worked out by."""
