"""The pages for clinicians and coordinators."""
