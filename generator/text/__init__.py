"""Text: untrusted text made safe (LaTeX, Markdown, MathML), phrases found in it, dates in words.

Comes in: whatever a source or a person wrote, and dates. Goes out: text that is safe in HTML,
Markdown, plain text or MathML. Does no I/O, and never knows what a paper, page or feed is.
"""
