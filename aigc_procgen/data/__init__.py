"""Data sets for training: built from CC0 art, or from anyone's own pictures."""
