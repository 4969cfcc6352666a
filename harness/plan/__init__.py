"""The planner: from a scenario, the fault vocabulary and the call points that were seen, which transaction meets which fault.

Pure: no clock, no I/O, no randomness but streams derived from the seed. See `planner.Planner`.
"""
