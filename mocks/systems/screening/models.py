"""What goes over the screening service's wire: snake_case, ISO countries and instants."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mocks.company.texts import TEXT_MAX

Result = Literal["clear", "potential_match", "match", "unavailable"]
Name = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX, examples=["Northline Media LLC"])]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", min_length=2, max_length=2, description="ISO 3166-1 alpha-2", examples=["US"])]
TaxId = Annotated[str, Meta(min_length=1, max_length=32, examples=["12-3456789"])]
Reference = Annotated[str, Meta(min_length=1, max_length=64, description="the sender's own id of what the check is for")]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
EntryId = Annotated[str, Meta(pattern="^[A-Z0-9-]{1,20}$", min_length=1, max_length=20, examples=["SL-0101"])]
Programme = Annotated[str, Meta(pattern="^[A-Z]{1,20}$", min_length=1, max_length=20, examples=["FINANCE"])]


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that somebody sends."""


class PartyCheck(Request, frozen=True, kw_only=True):
    """Who is to be checked. bank_country: where the account is that would be paid."""

    name: Name
    country: Country
    tax_id: TaxId | None = None
    bank_country: Country | None = None
    external_ref: Reference | None = None


class Hit(Struct, frozen=True, kw_only=True):
    """An entry of the list that the party is like. likeness: in hundredths of a percent."""

    entry_id: str
    name: str
    country: str
    programme: str
    likeness: int


class CheckRecord(Struct, frozen=True, kw_only=True):
    """One check, as it was answered: it says what was true on the list of its version, and is never changed.

    clear: on no list. potential_match: somebody of compliance has to look. match: on the list. unavailable: nobody could look; it is no
    clearance.
    """

    id: int
    uuid: str
    version: int
    created_at: datetime
    updated_at: datetime
    exported: bool
    external_id: str | None
    check_id: str
    result: Result
    name: str
    country: str
    tax_id: str | None
    bank_country: str | None
    external_ref: str | None
    list_version: int
    checked_at: datetime
    hits: tuple[Hit, ...]


class CheckPage(Struct, frozen=True, kw_only=True):
    """Checks for one reference, oldest first."""

    items: tuple[CheckRecord, ...]
    next_cursor: str | None


class Listing(Request, frozen=True, kw_only=True):
    """A party that goes onto the list."""

    entry_id: EntryId
    name: Name
    alias: Name | None = None
    country: Country
    tax_id: TaxId | None = None
    programme: Programme


class Delisting(Request, frozen=True, kw_only=True):
    """Why a party is taken off the list."""

    reason: Reason


class Availability(Request, frozen=True, kw_only=True):
    """Whether the list can be searched: not while a new one is being loaded."""

    available: bool
    reason: Reason


class ListState(Struct, frozen=True, kw_only=True):
    """The list in force. A change of it makes every earlier clearance stale."""

    version: int
    entries: int
    available: bool
    changed_at: datetime
