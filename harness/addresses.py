"""Addresses that people give: whether they lead to this machine, and how they may be shown."""

import re
from ipaddress import ip_address

CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine by its very name; nothing is resolved."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def without_credentials(text: str) -> str:
    """A text without the user and password of any address in it, for messages and files; also when the address is malformed."""
    return CREDENTIALS.sub("", text)
