"""Changes of the content by command or form: tags given, taken away, renamed, merged.

Comes in: a content folder and a request. Goes out: changed files that keep their comments, or
problems and no change. Refuses changes that the checks would report.
"""
