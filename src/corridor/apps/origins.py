"""Names that are the same at every party of the federation."""

from __future__ import annotations

FEDERATION_NAME = "corridor.example"
"""First part of every log's origin."""
