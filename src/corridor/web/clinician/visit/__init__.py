"""The pull as work: who is there, what they agree to, who answers, what is kept."""
