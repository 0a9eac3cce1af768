"""Selection mode: many clips at once."""
