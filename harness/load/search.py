"""The search for the highest rate that holds: up in steps until something breaks, then halve the distance. Pure."""

from dataclasses import dataclass, field

from harness.load.profile import Knee


@dataclass(frozen=True, slots=True)
class Probe:
    """One rate that was tried. broke: what did not hold; doubts: why the measurement says nothing about the connector."""

    rate_per_s: float
    broke: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Everything held, and the measurement counts."""
        return not self.broke and not self.doubts


@dataclass(slots=True)
class Search:
    """`next_rate` says what to try, `tell` what came; None ends the search. ended: why nothing more can be tried; empty: it can."""

    knee: Knee
    probes: list[Probe] = field(default_factory=list)
    ended: str = ""

    @property
    def sustained(self) -> Probe | None:
        """The highest rate that held."""
        return max((probe for probe in self.probes if probe.held), key=lambda probe: probe.rate_per_s, default=None)

    @property
    def broken(self) -> Probe | None:
        """The lowest rate that broke a limit."""
        return min((probe for probe in self.probes if probe.broke and not probe.doubts), key=lambda probe: probe.rate_per_s, default=None)

    @property
    def doubtful(self) -> Probe | None:
        """A rate at which the generator or the mock gave way first."""
        return next((probe for probe in self.probes if probe.doubts), None)

    def tell(self, probe: Probe) -> None:
        """A rate was tried."""
        self.probes.append(probe)

    def next_rate(self) -> float | None:
        """Documents a second, to two decimals."""
        if self.ended or len(self.probes) >= self.knee.probes:
            return None
        if not self.probes:
            return self.knee.start_per_s
        held, ceiling = self.sustained, min((p.rate_per_s for p in self.probes if not p.held), default=None)
        if ceiling is None:
            return round(self.probes[-1].rate_per_s * self.knee.factor, 2)
        floor = held.rate_per_s if held else 0.0
        if held and ceiling <= floor * (1 + self.knee.precision):
            return None
        middle = round((floor + ceiling) / 2, 2)
        return middle if floor < middle < ceiling else None

    def sentence(self) -> str:
        """The answer in one sentence, and in a second one why the search ended early."""
        answer = self._answer()
        return f"{answer.rstrip('.')}. The search ended early: {self.ended}." if self.ended else answer

    def _answer(self) -> str:
        held, broken, doubtful = self.sustained, self.broken, self.doubtful
        if held is None:
            worst = broken or doubtful
            return f"No rate held: {worst.rate_per_s:g} documents a second broke {_what(worst)}" if worst else "Nothing was tried."
        if broken is None:
            why = f"the measurement failed at {doubtful.rate_per_s:g}: {_what(doubtful)}" if doubtful else "no limit broke"
            return f"At least {held.rate_per_s:g} documents a second; {why}."
        return f"Sustainable: {held.rate_per_s:g} documents a second. At {broken.rate_per_s:g} broke {_what(broken)}"

    def document(self) -> dict[str, object]:
        """As in load.json."""
        held, broken = self.sustained, self.broken
        return {
            "sentence": self.sentence(),
            "sustainable_per_s": held.rate_per_s if held else None,
            "broke_at_per_s": broken.rate_per_s if broken else None,
            "probes": [
                {"rate_per_s": probe.rate_per_s, "held": probe.held, "broke": [*probe.broke, *probe.doubts]} for probe in self.probes
            ],
        }


def _what(probe: Probe) -> str:
    return "; ".join((*probe.broke, *probe.doubts))
