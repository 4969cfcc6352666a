"""What a person may ask of the demo."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`dryclose demo`.

    speed: how fast people work; 1 is a pace that an audience can follow. hint: print the link of the live page.
    surprises: throw faults by itself, besides those of the page's buttons.
    """

    connector: Path | None = None
    speed: float = 1.0
    seed: int | None = None
    port_base: int | None = None
    hint: bool = True
    surprises: bool = True
    out: Path | None = None
