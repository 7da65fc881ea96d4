"""Training: networks, losses, views, the trainer. The only room that imports torch."""
