"""The gallery: a window of the account's clips, live cards, search, favourites."""
