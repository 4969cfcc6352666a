"""The names under which the other side knows our documents: the same after any restart, because nothing but the source decides them."""

SEPARATOR = "-r"


def external_ref(source_id: str, revision: int) -> str:
    """`REQ-X-000123-r1`: one source document at one revision."""
    return f"{source_id}{SEPARATOR}{revision}"


def source_of(reference: str) -> tuple[str, int] | None:
    """Source id and revision of one of our references, or None when it is somebody else's."""
    source_id, separator, revision = reference.rpartition(SEPARATOR)
    return (source_id, int(revision)) if separator and source_id and revision.isdigit() else None


def idempotency_key(reference: str, operation: str, submission: int = 1) -> str:
    """Source id + revision + operation. `submission` counts up only after a final answer to the one before."""
    tail = "" if submission == 1 else f".{submission}"
    return f"{reference}.{operation}{tail}"
