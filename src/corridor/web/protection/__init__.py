"""Data protection: who received what of whom, and who asked, as the log tells it."""
