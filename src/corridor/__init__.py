"""Corridor: interoperable cross-border HIV record exchange on FHIR."""
