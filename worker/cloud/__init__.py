"""Cloud generation: the engine that submits, watches, fetches and cancels clips."""
