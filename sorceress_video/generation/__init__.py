"""The rules of a generation, pure: modes, readiness, labels in prompts, the plan, the life of a clip."""
