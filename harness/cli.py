"""The console script: nothing is imported here that takes time, so that Ctrl-C is quiet from the first moment on.

An exception in the middle of an import comes out as whatever the half-loaded module makes of it. So until something is started that has
to be cleaned up (`harness.stage.loop`), an interruption ends the process on the spot.
"""

import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Carry out the command line of this process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    from harness.outlets import close_outlets, forgive_readers  # noqa: PLC0415

    forgive_readers()
    from harness.commands import run  # noqa: PLC0415
    from harness.structured_log import set_up  # noqa: PLC0415

    set_up()
    code = run(sys.argv[1:])
    close_outlets()
    sys.exit(code)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Interrupted before a run: nothing was started, so nothing is left."""
    os.write(2, b"dryclose: interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
