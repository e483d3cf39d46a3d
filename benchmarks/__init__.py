"""Commands that measure Vestnik and print their figures."""
