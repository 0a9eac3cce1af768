"""The queue: what is in the making, and the news of what ended."""
