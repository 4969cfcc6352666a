"""The engine's own HTTP surface."""
