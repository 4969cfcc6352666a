"""What a load needs of a world, wherever it runs: here (hosted.py) or in another process (attached.py)."""

from pathlib import Path
from typing import Protocol

from harness.load.documents import PlannedDocument
from harness.load.generator import Target


class Ground(Protocol):
    """A world that people can work in."""

    @property
    def hosted(self) -> bool:
        """Whether it is ours: with the profile's settings, and in processes whose CPU can be measured."""

    @property
    def target(self) -> Target:
        """Where people work, and as whom."""

    @property
    def history(self) -> Path:
        """What the world writes, as it grows."""

    async def admit(self, wave: str) -> None:
        """Documents of this wave join the run from now on."""

    async def begin(self, wave: str) -> None:
        """The first document is due now."""

    async def window(self, system: str, *, on: bool) -> None:
        """Maintenance begins or ends."""

    async def refresh(self, joined: dict[str, str], documents: dict[str, PlannedDocument]) -> None:
        """These documents joined (source id by transaction); keep the books up to date."""

    def pids(self) -> dict[str, int | None]:
        """The first process of each part, as far as it is known, for the CPU figures."""
