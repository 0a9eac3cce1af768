"""One module for each provider of generated video."""
