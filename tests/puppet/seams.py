"""What every behaviour of a puppet does: say that its line was executed, take a method's place, forget a document."""

import itertools
import sys
from collections.abc import Callable

import careful
import store

Chosen = Callable[[str], bool]
serial = itertools.count(1)


def canary(name: str) -> None:
    """Says that a seeded line was executed."""
    sys.stdout.write(f"canary {name}\n")
    sys.stdout.flush()


def wrap(owner: type, name: str, around: Callable) -> None:
    """Replace a method by around(original, self, *arguments)."""
    original = getattr(owner, name)
    setattr(owner, name, lambda self, *values, **named: around(original, self, *values, **named))


def finish(worker: careful.Worker, work: store.Work) -> None:
    """Forget a document as if it were done."""
    worker._store.finished(work)
    worker._agenda.give_back((work.kind, work.id))
