"""Packs models and plugins for Brain-Score, and verifies them by Brain-Score's own code before they are written."""
