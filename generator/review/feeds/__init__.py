"""The contract with subscribers, checked: feeds of a built site beside those that were published.

Comes in: feeds from a folder, a tar archive or an address. Goes out: problems. Parses what others
may have written, so entities and document types are refused and sizes are limited.
"""
