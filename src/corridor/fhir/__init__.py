"""How it is spoken: FHIR R4 JSON to domain values and back."""
