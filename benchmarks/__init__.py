"""Benchmarks of builds, compared with other generators of the same pages. See README.md."""
