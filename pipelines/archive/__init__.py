"""The archive: the one SQLite file that Vestnik writes, and the only place in the project with SQL."""
