"""Pages as Markdown: one module for each kind of page; the templates hold the words.

Comes in: an `Archive`. Goes out: targets, and batches of targets where there are very many. Every
value is escaped unless it is `Markdown` already, so content can't become markup.
"""
