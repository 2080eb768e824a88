"""One search for a person among as many as live with HIV in a country."""
