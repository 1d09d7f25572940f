"""Other generators, each given what it needs to make the same pages; one module a generator."""
