"""The HR system: who works for the group, where and for whom, as people of HR decide it. Other systems keep copies of it."""
