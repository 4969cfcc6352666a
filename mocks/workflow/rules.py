"""Who may take which step of an approved document, and on which version of it."""

from collections.abc import Mapping
from datetime import datetime

from mocks.company.projections import Member
from mocks.kit.operation import Refusal
from mocks.workflow.document import ApprovedDocument, Turn


def approval_chain(people: Mapping[str, Member], author: Member, amount_minor: int) -> tuple[Turn, ...]:
    """Managers upwards, as many as sign for the author, until one whose limit covers the amount; for those who are away their delegates.
    Whoever is on leave or left is passed over where nobody stands in. Raises LIMIT_EXCEEDED when nobody's limit does."""
    chain: list[Turn] = []
    manager = author.manager
    while manager is not None:
        boss = people[manager]
        turn = _turn_of(people, boss)
        if turn is None:
            manager = boss.manager
            continue
        chain.append(turn)
        if len(chain) >= author.signatures and (boss.limit_minor is None or boss.limit_minor >= amount_minor):
            return tuple(chain)
        manager = boss.manager
    raise Refusal("LIMIT_EXCEEDED", f"nobody above {author.id} may approve {amount_minor} minor units")


def _turn_of(people: Mapping[str, Member], boss: Member) -> Turn | None:
    """Who decides for a manager: the delegate, or the manager; None: nobody is there."""
    if boss.delegate is not None and people[boss.delegate].standing == "active":
        return Turn(boss.delegate, boss.id)
    return Turn(boss.id, None) if boss.standing == "active" and boss.delegate is None else None


def is_above(people: Mapping[str, Member], superior: str, person_id: str) -> bool:
    """Whether somebody is a manager, at any distance, of somebody else."""
    manager = people[person_id].manager
    while manager is not None:
        if manager == superior:
            return True
        manager = people[manager].manager
    return False


def known_person(people: Mapping[str, Member], person_id: str | None, called: str) -> Member:
    """Who acts. called: what the system calls an id of a person. Raises EMPLOYEE_UNKNOWN, also for whoever left."""
    found = people.get(person_id or "")
    if found is None:
        raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {person_id!r} is not known; send a {called} in X-Acting-User")
    if found.standing == "left":
        raise Refusal("EMPLOYEE_UNKNOWN", f"acting user {person_id!r} does not work here any more")
    return found


def check_author(noun: str, document: ApprovedDocument, actor: Member, step: str) -> None:
    """Only the author may take the step. Raises SEGREGATION_OF_DUTIES."""
    if actor.id != document.author:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{step}: {noun} {document.id} belongs to {document.author}, not {actor.id}")


def check_next_approver(noun: str, document: ApprovedDocument, actor: Member) -> None:
    """It is this person's turn and not their own document. Raises SEGREGATION_OF_DUTIES or LIMIT_EXCEEDED."""
    if actor.id == document.author:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} may not decide on a {noun} of their own")
    if actor.standing == "on_leave":
        raise Refusal("SEGREGATION_OF_DUTIES", f"{actor.id} is on leave and decides on no {noun}")
    if actor.id != document.next_approver:
        raise Refusal("SEGREGATION_OF_DUTIES", f"{noun} {document.id} waits for {document.next_approver}, not {actor.id}")
    last = len(document.approvals) + 1 == len(document.chain)
    if last and actor.limit_minor is not None and actor.limit_minor < document.total_minor:
        raise Refusal("LIMIT_EXCEEDED", f"the limit of {actor.id} does not cover {document.total_minor} minor units")


def check_version(noun: str, if_match: int | None, document: ApprovedDocument) -> None:
    """Raises PRECONDITION_FAILED when If-Match names another version."""
    if if_match is not None and if_match != document.version:
        raise Refusal(
            "PRECONDITION_FAILED",
            f"{noun} {document.id} has version {document.version}, If-Match says {if_match}",
            current_version=document.version,
        )


def check_revision(noun: str, revision: int | None, document: ApprovedDocument) -> None:
    """Raises VERSION_CONFLICT when the caller decided on another revision."""
    if revision is not None and revision != document.revision:
        raise Refusal(
            "VERSION_CONFLICT",
            f"{noun} {document.id} has revision {document.revision}, the request is about {revision}",
            current_revision=document.revision,
        )


def to_instant(text: str) -> datetime:
    """An ISO 8601 instant with a zone. Raises INVALID_PARAMETER."""
    try:
        # A plus sign in a query arrives as a blank unless the client escaped it.
        instant = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Refusal("INVALID_PARAMETER", f"{text!r}: expected an ISO 8601 instant with a zone, like 2026-10-28T09:00:00Z")
    return instant
