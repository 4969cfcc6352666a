"""An engine that serves or works until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Mapping

import uvloop

from engine.assembly import SYSTEMS
from engine.bootstrap import Machine, run_engine
from engine.clock import Entropy, WallClock
from engine.instance import seat
from engine.settings import Settings
from engine.store.address import Address
from engine.structured_log import set_up


def serve(command: str, environment: Mapping[str, str], address_of: Callable[[Mapping[str, str]], Address]) -> None:
    """command: serve or work. Raises SettingsError, RulesError, DatabaseError, ClusterError, NoSeat."""
    settings = Settings.read(environment, SYSTEMS)
    set_up()
    entropy = Entropy()
    address = address_of(environment)
    with seat(settings.state_dir, entropy) as instance:
        uvloop.run(_run(settings, address, Machine(instance, WallClock(), entropy), serve=command == "serve"))


async def _run(settings: Settings, address: Address, machine: Machine, *, serve: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await run_engine(settings, address, machine, stop, serve=serve)
