"""Whether a second answer may be about the effect of the first. Asked of anybody's API: no header and no code is presumed.

Moments and names of the single request differ from answer to answer; what was made does not.
"""

import re
from collections.abc import Iterator
from typing import Any

from harness.fuzz.rules import FuzzedAnswer

SHOWN = 5
VOLATILE = re.compile(
    r"(^|[_-])([Tt]ime|[Tt]imestamp|[Dd]ate|now|at|took|elapsed|duration|ms|([Rr]equest|[Tt]race|[Cc]orrelation)[_-]?[Ii][Dd])$"
    r"|[a-z](At|Time|Timestamp|Date|RequestId|TraceId|CorrelationId)$"
)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?")


def another_effect(first: FuzzedAnswer, again: FuzzedAnswer) -> str | None:
    """What in two accepted answers speaks for two effects; None: nothing does."""
    places = [f"header {name}" for name in ("location",) if first.headers.get(name) != again.headers.get(name)]
    one, two = first.json(), again.json()
    if one is None or two is None:
        places += [] if first.body == again.body else ["the body"]
    else:
        places += differing(one, two, "")
    return ", ".join(places[:SHOWN]) if places else None


def differing(one: Any, two: Any, place: str) -> Iterator[str]:
    """JSON pointers of what differs and is no moment."""
    if isinstance(one, dict) and isinstance(two, dict):
        for name in dict.fromkeys((*one, *two)):
            if not VOLATILE.search(name):
                yield from differing(one.get(name), two.get(name), f"{place}/{name}")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for number, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from differing(left, right, f"{place}/{number}")
    elif one != two and not (_moment(one) and _moment(two)):
        yield place or "the body"


def _moment(value: Any) -> bool:
    return isinstance(value, str) and MOMENT.fullmatch(value) is not None
