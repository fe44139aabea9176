"""Self-supervised training of the domain models."""
