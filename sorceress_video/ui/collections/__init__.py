"""Collections: the panel below the favourites, the bar of an open one, the dialog that fills them."""
