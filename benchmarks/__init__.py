"""What the builds cost, beside other generators that make the same pages. See README.md."""
