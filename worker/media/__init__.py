"""Work on finished clips: previews and last frames."""
