"""A page of one file that shows the results of sweeps to people who look rather than read."""
from .page import write_page

__all__ = ['write_page']
