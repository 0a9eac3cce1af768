"""The contract between the web and the workers: queues, hints, and what a person may ask of a clip."""
