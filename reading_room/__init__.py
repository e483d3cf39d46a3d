"""The reading room: Datasette on the archive, which it reads and never writes."""
