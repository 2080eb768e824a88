"""Pages of ties: which wait for a person's own word, what to ask, and what flowed under a false one."""
