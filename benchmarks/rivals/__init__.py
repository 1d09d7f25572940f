"""Other generators, prepared to make the same pages; one module for each."""
