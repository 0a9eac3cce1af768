"""Media files: the only room that opens them and the only one that touches storage."""
