"""Worker processes: they own the providers, the renderers and the media pipeline."""
