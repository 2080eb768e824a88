"""Measurements with their method: ratios and CPU microseconds."""
