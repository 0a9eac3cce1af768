"""Real HTTP servers that stand in for the providers, which tests cannot reach."""
