"""Changes of the content by command or form: tags given, taken away, renamed, merged.

Comes in: a content folder and what somebody asks for. Goes out: changed files that keep their
comments, or problems and no change. Refuses what the checks would refuse.
"""
