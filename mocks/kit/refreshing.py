"""Refresh tokens that are good for one use (RFC 9700, 4.14.2): each refresh brings the next one, and a second use of one ends them all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

REFRESH_BYTES = 36


@dataclass(slots=True)
class Family:
    """What grew out of one sign-in. current: the only refresh token of it that is still good; ends: how its access tokens are ended."""

    client_id: str
    scopes: frozenset[str]
    secret_no: int = 1  # which of the client's secrets it was signed in with
    current: str = ""
    ended: bool = False
    ends: list[Callable[[], None]] = field(default_factory=list)

    def end(self) -> None:
        """Whoever has a token of it may have stolen it."""
        self.ended = True
        for end in self.ends:
            end()


class Refreshing:
    """Every refresh token that was ever given out, and the family that it belongs to."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    def rotate(self, family: Family) -> str:
        """The family's next refresh token; the one before is spent."""
        family.current = secrets.token_urlsafe(REFRESH_BYTES)
        self._families[family.current] = family
        return family.current

    def retire(self, client_id: str, before: int) -> None:
        """What grew out of this client's secrets before that one is worth nothing any more."""
        for family in self._families.values():
            if family.client_id == client_id and family.secret_no < before:
                family.end()

    def use(self, text: str, client_id: str) -> Family | None:
        """The family whose turn this is; None for what was never given to this client, and for what was used before."""
        family = self._families.get(text)
        if family is None or family.client_id != client_id or family.ended:
            return None
        if family.current != text:
            family.end()
            return None
        return family
