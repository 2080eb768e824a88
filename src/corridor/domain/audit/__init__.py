"""What happened and cannot be quietly changed: audit facts and the RFC 6962 tree."""
