"""The one place of the harness that asks the machine for the time and for chance; everything else is given what it needs.

What a seed repeats (documents, plans, answers) never comes from here: only stamps for people, protocol times that the other side compares
with its own clock, and what must differ from run to run.
"""

import secrets
import time
from datetime import UTC, datetime

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that people take for digits
RUN_ID_LENGTH = 5


def now_iso() -> str:
    """Wall time, UTC, with seconds: 2026-10-28T09:00:00+00:00. A stamp for people: nothing that a run repeats from its seed reads it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def now_s() -> float:
    """Seconds since the epoch, for protocol times that the other side compares with its own clock (a signature's, a token's)."""
    return time.time()


def draw_seed() -> int:
    """A seed for a run that was given none; small enough to be typed again."""
    return secrets.randbelow(1_000_000)


def draw_run_id() -> str:
    """`r` and four letters or digits.

    Never derived from the seed: a connector that keeps state must not meet the same ids in its second run.
    """
    return "r" + "".join(secrets.choice(ALPHABET) for _ in range(RUN_ID_LENGTH - 1))


def draw_secret() -> str:
    """A text that nobody can guess, for a code or a session. Never derived from a seed, which stands in the history."""
    return secrets.token_urlsafe(24)
