"""What happens: one act per file, named in a clinician's words."""
