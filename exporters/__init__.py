"""Exporters: each file writes one thing that somebody else reads."""
