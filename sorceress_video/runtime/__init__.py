"""Starting, watching and stopping what one machine runs. Nothing here imports Reflex unless it says so."""
