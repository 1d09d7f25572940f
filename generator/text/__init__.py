"""Untrusted text made safe: LaTeX, Markdown, MathML, and phrases found in text.

Comes in: text that a source or a person wrote. Goes out: text that is safe in HTML, Markdown, plain
text or MathML. Does no I/O, and knows nothing of papers, pages and feeds.
"""
