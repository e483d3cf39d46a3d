"""Which article is this, and what changed about it?"""
