"""Where a load puts its files, and which processes send it."""

from pathlib import Path

from harness.load.generator import Crew
from harness.load.options import LoadOptions
from harness.stage.connector import free_port


def crew_of(options: LoadOptions, senders: int) -> Crew:
    """Locust's processes as they were asked for. Each worker has at least one sender."""
    workers = options.workers if options.workers > 1 and not options.remote else 0
    port = (options.master_port or free_port()) if workers or options.remote else 0
    senders = max(senders, workers, options.remote)
    return Crew(senders, workers=workers, remote=options.remote, bind_host=options.master_host, bind_port=port)


def make_folder(run_dir: Path, name: str = "") -> Path:
    """load/ of a run directory: what the senders play and measured, and Locust's own report."""
    folder = run_dir / "load" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
