"""The command `brainscore-mouse`: arguments in, text out. What is computed is computed elsewhere.

Nothing imports this package. Each command imports what it needs when it is called, so that help is instant.
"""
from .app import app

__all__ = ['app']
