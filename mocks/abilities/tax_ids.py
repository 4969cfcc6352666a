"""Tax ids, compared however somebody wrote them down."""


def canonical(number: str) -> str:
    """The same number however it is written: `12-3456789` is `123456789`."""
    return number.replace("-", "").upper()
