"""The dock widgets and what they are built from."""
