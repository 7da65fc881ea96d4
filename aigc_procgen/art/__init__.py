"""Art: a seed and a word in, finished pixels out, from the models of a pack."""
