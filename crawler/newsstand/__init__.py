"""The papers that Vestnik ships profiles of: which there are, which of them are mine, whether they are still true."""
