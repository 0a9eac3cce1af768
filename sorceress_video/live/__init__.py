"""From hints on Redis to open tabs. The rows are the truth; nothing here has to arrive."""
