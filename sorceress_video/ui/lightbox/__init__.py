"""The lightbox: one clip large, with its story, and the way to the next."""
