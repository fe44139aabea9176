"""Real recordings of mouse visual cortex: fetched, packaged for Brain-Score, verified."""
