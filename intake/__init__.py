"""How records come in: imports, the seeded day, and bulk data for benchmarks."""
