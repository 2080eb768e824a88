"""The pages of health links: giving one, opening one, taking one back."""
