"""The check of the contract with subscribers: feeds of a built site against published ones.

Comes in: feeds from a folder, a tar archive or a URL. Goes out: problems. The feeds may be hostile,
so entities and document types are refused and sizes are limited.
"""
