"""Pages of the hub: who shared with whom, when and why; nobody's identity and nothing clinical."""
