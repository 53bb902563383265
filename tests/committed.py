"""What lies in `checkpoints/`, read once for all tests: to describe every model takes a second."""

from generative.library.entries import available

ENTRIES = tuple(available())
