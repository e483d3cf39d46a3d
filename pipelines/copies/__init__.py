"""Who ran whose text?"""
