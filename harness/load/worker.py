"""`dryclose load --worker`: senders on this machine for a master elsewhere. What they send, where and as whom, the master says."""

import asyncio
import json
import tempfile
from pathlib import Path
from time import monotonic

from harness.errors import EXIT_PASS, ConnectorError, UsageError
from harness.load.generator import end, start, tail
from harness.load.options import DEFAULT_MASTER_PORT, LoadOptions
from harness.stage.interrupt import or_interrupted
from harness.stage.progress import new_progress

WAIT_S = 30.0
RETRY_S = 0.5


async def work(options: LoadOptions) -> int:
    """Returns 0 when documents were sent from here. Raises UsageError when no master is there, ConnectorError when none was sent."""
    return await or_interrupted(_work(options))


async def _work(options: LoadOptions) -> int:
    host, port = options.master_host, options.master_port or DEFAULT_MASTER_PORT
    progress = new_progress(quiet=options.quiet)
    progress.say(f"waiting for a master at {host}:{port}, at most {WAIT_S:.0f} s")
    await _master_is_there(host, port)
    progress.say(f"sending for the master at {host}:{port}")
    with tempfile.TemporaryDirectory(prefix="dryclose-load-") as name:
        folder = Path(name)
        log = folder / "locust.log"
        tally = folder / "tally.json"
        arguments = ["--worker", "--master-host", host, "--master-port", str(port)]
        process = await start(arguments, folder, log, {"DRYCLOSE_LOAD_TALLY": str(tally)})
        try:
            code = await process.wait()
        finally:
            await end(process)
        if code:
            raise ConnectorError(f"the load worker ended with exit code {code}:\n{tail(log)}")
        progress.say(f"the master ended the load; {sent_from_here(tally)}")
    return EXIT_PASS


def sent_from_here(tally: Path) -> str:
    """What the worker wrote down, in words. Raises ConnectorError when it sent nothing: Locust ends well even then."""
    counted = json.loads(tally.read_text("utf-8")) if tally.exists() else {"given": 0, "sent": 0}
    if counted["sent"]:
        return f"{counted['sent']} of {counted['given']} documents were sent from here"
    if counted["given"]:
        raise ConnectorError(f"the systems answered to none of the {counted['given']} documents that the master gave to this worker")
    raise ConnectorError("the load ended before the master gave a document to this worker")


async def _master_is_there(host: str, port: int) -> None:
    began = monotonic()
    while True:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), RETRY_S * 4)
        except (OSError, TimeoutError) as error:
            if monotonic() - began > WAIT_S:
                raise UsageError(f"no master at {host}:{port}: {error or 'no answer'}; start one with `dryclose load --master`") from None
            await asyncio.sleep(RETRY_S)
        else:
            writer.close()
            return
