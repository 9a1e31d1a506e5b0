"""What benchmarks share: pages made from results, and processes on chosen cores."""
