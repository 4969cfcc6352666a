"""The last words of a demo: how many documents, how much money, which faults, and whether the totals agree."""

from dataclasses import dataclass

from harness.demo.books import BooksOnShow
from harness.demo.floor import Floor
from harness.demo.narrator import money_lines


@dataclass(frozen=True, slots=True)
class Closing:
    """Counts of one demo."""

    seconds: float
    floor: Floor
    books: BooksOnShow

    def lines(self) -> list[str]:
        """What is printed."""
        return [f"{name:<10} {text}" for name, text in self.facts()]

    def facts(self) -> list[tuple[str, str]]:
        """The same for the page: name and text."""
        floor = self.floor
        with_people = sum(1 for document in floor.open("approval") if document.handed_in)
        in_flight = len(floor.open("approved", "connector"))
        parked = sum(1 for document in floor.open("stopped") if document.parked)
        minutes, seconds = divmod(round(self.seconds), 60)
        unhealed = floor.thrown - floor.healed
        documents = (
            f"{floor.handed_in} handed in: {floor.posted} posted, {floor.stopped} refused or rejected, "
            f"{with_people} still with people, {in_flight} in flight, {parked} parked"
        )
        return [
            ("played", f"{minutes} min {seconds} s"),
            ("documents", documents),
            *(("money", line.text) for line in money_lines(self.books, "")),
            ("faults", f"{floor.thrown} thrown, {floor.healed} healed" + (f", {unhealed} not yet" if unhealed else "")),
            ("so", self._verdict(in_flight)),
        ]

    def _verdict(self, in_flight: int) -> str:
        if not self.books.agree and self.books.groundless:
            many = len(self.books.groundless)
            what = f"{many} documents were refused although nothing is wrong with them" if many > 1 else "a sound document was refused"
            return f"THE TOTALS DO NOT AGREE: {what}; the history in the run directory shows which"
        if not self.books.agree:
            return "THE TOTALS DO NOT AGREE: something was lost or booked twice; the history in the run directory shows where"
        if not any(balance.documents for balance in self.books.balances.values()):
            return "nothing was approved, so there is nothing to say about the totals"
        if in_flight:
            return f"the totals agree as far as they go: {in_flight} documents had not arrived when the demo ended, and may be lost"
        return "the totals agree: what was approved is in the ERP exactly once, or accounted for"
