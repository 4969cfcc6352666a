"""The control room: one live page on the control port, for people who watch a world and throw faults into it."""
