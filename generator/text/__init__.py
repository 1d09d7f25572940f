"""Untrusted text made safe: LaTeX, Markdown, MathML, and phrases found in text.

Comes in: whatever a source or a person wrote. Goes out: text that is safe in HTML, Markdown, plain
text or MathML. Does no I/O, and never knows what a paper, page or feed is.
"""
