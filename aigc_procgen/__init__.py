"""One seed in, a whole playable place out."""
