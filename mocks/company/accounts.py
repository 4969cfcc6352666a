"""Bank accounts of whoever pays or is paid, with the check digits that a bank looks at. Nobody's is drawn before it is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stdnum import iban
from stdnum.us import rtn

from mocks.company.streams import Stream


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account: by its IBAN, or where the country has none by the bank (US: ABA routing number, JP: bank and branch) and a number."""

    holder: str
    country: str
    iban: str | None = None
    bank_code: str | None = None
    number: str | None = None

    @property
    def text(self) -> str:
        """As banks write it: the IBAN, or the bank's code, a dash and the number."""
        return self.iban or f"{self.bank_code}-{self.number}"

    @property
    def details(self) -> dict[str, str]:
        """As forms ask for it: country and holder with iban, or with routing and account."""
        spelled = {"country": self.country, "holder": self.holder, "iban": self.iban, "routing": self.bank_code, "account": self.number}
        return {name: value for name, value in spelled.items() if value is not None}


class BankAccounts(Mapping[str, BankAccount]):
    """Accounts by their owner's id in one system. owners: (country, key in the company, name) by that id."""

    def __init__(self, seed: int, owners: Mapping[str, tuple[str, str, str]]) -> None:
        self._seed = seed
        self._owners = owners

    def __getitem__(self, owner: str) -> BankAccount:
        country, key, name = self._owners[owner]
        return account_of(self._seed, country, key, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._owners)

    def __len__(self) -> int:
        return len(self._owners)


def account_of(seed: int, country: str, key: str, holder: str) -> BankAccount:
    """The account of one owner: the same for the same seed and key. Raises KeyError for a country without entities of ours."""
    stream = Stream(seed, "bank account", country, key)
    match country:
        case "DE":
            basic = f"{10_000_000 + stream.below(90_000_000):08d}{stream.below(10**10):010d}"
            return BankAccount(holder, country, iban=f"DE{iban.calc_check_digits(f'DE00{basic}')}{basic}")
        case "US":
            bank = f"{1 + stream.below(12):02d}{stream.below(10**6):06d}"  # the first two digits name a Federal Reserve district
            return BankAccount(holder, country, bank_code=bank + rtn.calc_check_digit(bank), number=f"{stream.below(10**10):010d}")
        case "JP":
            return BankAccount(holder, country, bank_code=f"{stream.below(10**7):07d}", number=f"{stream.below(10**7):07d}")
    raise KeyError(f"country {country!r}: no bank of ours knows its accounts")
