"""The spiders: every site profile, given addresses, an archive."""
