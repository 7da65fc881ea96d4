"""The `aigc-procgen` command: one file a verb."""
