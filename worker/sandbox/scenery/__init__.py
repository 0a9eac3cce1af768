"""Generated landscapes for prompts without a picture."""
