"""A country node's doors: one file per FHIR interaction or operation."""
