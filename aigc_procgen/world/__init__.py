"""Land, places and ways, as a pure function of a seed; whole numbers only."""
