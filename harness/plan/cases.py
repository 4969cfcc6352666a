"""Cases: chains of flows in which each one's documents grow out of those of the one before, from the first request to the last payment."""

from collections.abc import Sequence

from contracts.catalog import Flow


def chains(flows: Sequence[Flow]) -> tuple[tuple[str, ...], ...]:
    """The longest chains among these flows, each eldest first. One whose beginning is not played is none."""
    played = {flow.id: flow for flow in flows}
    whole = [found for flow in flows if (found := _back(flow, played)) is not None and len(found) > 1]
    return tuple(chain for chain in whole if not any(chain == other[: len(chain)] for other in whole if len(other) > len(chain)))


def _back(last: Flow, played: dict[str, Flow]) -> tuple[str, ...] | None:
    """From the first flow to this one; None where one on the way is not played."""
    chain, before = [last.id], last.continues
    while before is not None:
        if before not in played:
            return None
        chain.append(before)
        before = played[before].continues
    return tuple(reversed(chain))
