"""The second look: pages of a node's auditor on which each broken glass is judged."""
