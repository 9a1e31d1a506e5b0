"""What benchmarks share: pages made from results, a clock, and processes on chosen cores."""
