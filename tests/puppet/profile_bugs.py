"""Ways that only a profile beyond the contract page (scenarios/) tells right from wrong, as a puppet plays them."""

import http.client
import json
import os
import urllib.parse
from datetime import timedelta
from pathlib import Path

import careful
import wire
from seams import Chosen, canary


def refreshes_by_the_book(_chosen: Chosen) -> None:
    """Right: takes the refresh token of each answer for the next one, and signs in again when a refresh brings nothing."""
    original = wire.Tokens._fetch

    def fetch(self):
        spent = self.__dict__.pop("refresh", None)
        granted = _asked(self, refresh_token=spent) if spent else None
        if granted is None:
            granted = _asked(self)
        if granted is None:
            return original(self)
        canary("refreshes_by_the_book" if spent else "signs_in")
        self.refresh = granted["refresh_token"]
        return granted["access_token"], float(granted["expires_in"])

    wire.Tokens._fetch = fetch


def keeps_its_first_refresh_token(_chosen: Chosen) -> None:
    """Stores the refresh token of its sign-in and uses it again and again; signed in is signed in, so it never does that a second time."""

    def fetch(self):
        kept = self.__dict__.get("refresh")
        granted = _asked(self, refresh_token=kept) if kept else _asked(self)
        if granted is None:
            raise wire.NotDone("no token", code="TOKEN_UNAVAILABLE")
        if kept:
            canary("keeps_its_first_refresh_token")
        else:
            self.refresh = granted["refresh_token"]
        return granted["access_token"], float(granted["expires_in"])

    wire.Tokens._fetch = fetch


def keeps_its_first_secret(_chosen: Chosen) -> None:
    """Writes the client's secret down at its first start, and takes it from there at every later one."""
    kept = Path(os.environ["STATE_DIR"], "client.secret")
    if kept.exists():
        canary("keeps_its_first_secret")
        os.environ["CLIENT_SECRET"] = kept.read_text("utf-8")
    else:
        kept.write_text(os.environ["CLIENT_SECRET"], "utf-8")


def asks_after_the_last_change(_chosen: Chosen) -> None:
    """What bears the time of the last change that it saw, it has seen: its next window begins after that."""
    careful.OVERLAP = -timedelta(microseconds=1)
    canary("asks_after_the_last_change")


def asks_from_the_last_change(_chosen: Chosen) -> None:
    """Right: its next window begins at the last change that it saw, and what it knows already is told by the version."""
    careful.OVERLAP = timedelta(0)


def _asked(tokens: wire.Tokens, **more: str) -> dict | None:
    """The answer of the token endpoint, None where it is none."""
    form = {"grant_type": "refresh_token" if more else "client_credentials", **more}
    headers = {"Authorization": tokens._basic, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        status, _, data = tokens._pool.exchange("POST", tokens._url, urllib.parse.urlencode(form).encode(), headers, tokens._timeout_s)
        return json.loads(data) if status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, wire.NotDone):
        return None
