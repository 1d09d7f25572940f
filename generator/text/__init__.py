"""Text: untrusted text made safe (LaTeX, Markdown, MathML), phrases found in it, dates in words.

Comes in: text that a source or a person wrote, and dates. Goes out: text that is safe in HTML,
Markdown, plain text or MathML. Does no I/O, and knows nothing of papers, pages and feeds.
"""
