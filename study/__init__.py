"""The study: scores, activations and images → tables → figures → report."""
