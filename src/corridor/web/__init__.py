"""The pages for clinicians and coordinators; what both share lies here and is not clinical."""
