"""The generator of a paper archive: daily paper lists in, a website out."""
