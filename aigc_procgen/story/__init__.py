"""Facts and rules, the quest planner, words, names, people and the player's profile."""
