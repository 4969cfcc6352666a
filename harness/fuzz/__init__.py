"""`dryclose fuzz`: every published operation, with what its document allows and with what it does not.

The generator is schemathesis (examples, coverage, fuzzing, stateful along links). What it cannot know stands here: words of the
company that let requests reach deep paths, who may do what, and what an accounting system owes whatever is sent to it.
"""
