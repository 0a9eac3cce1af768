"""Recipes: how a clip was made travels in its file, and comes back when the file is dropped here."""
