"""Chance as life has it, drawn from a stream."""

import math

from mocks.company.streams import Stream

SCALE = 1 << 30


def share(stream: Stream) -> float:
    """A number in (0, 1]."""
    return (stream.below(SCALE) + 1) / SCALE


def lognormal(stream: Stream, median: int, sigma: float, low: int, high: int) -> int:
    """A whole amount around the median, as bought things are: many small ones, few large ones."""
    normal = math.sqrt(-2 * math.log(share(stream))) * math.cos(2 * math.pi * share(stream))
    return min(max(round(median * math.exp(sigma * normal)), low), high)
