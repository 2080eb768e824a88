"""What was taken and measured: drugs, regimens, viral loads, timelines."""
