"""Nothing of a fuzz run leaves this machine: its requests carry tokens, and the generator's client asks the environment for a proxy."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def without_proxies() -> Iterator[None]:
    """While this is on, nobody in this process or started by it is told of a proxy, or of passwords in a .netrc."""
    named = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name == "NETRC"}
    for name in named:
        del os.environ[name]
    # A star also keeps clients from asking the operating system, which knows of proxies too.
    ours = {"no_proxy": "*", "NO_PROXY": "*", "NETRC": os.devnull}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(named)
