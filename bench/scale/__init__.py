"""The national base at the size of a country, beside the same resources in the layout of HAPI FHIR's JPA server."""
