"""Provider states: what a consumer's contract presumes about a system, brought about on request through the control port."""
