"""Rules of safety: written down as records that a clinician can review, and asked of a situation."""
