"""What HIV's genes say about which drugs still work: genotypes, their mutations, and the Stanford HIVdb rules."""
