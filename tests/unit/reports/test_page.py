"""report.html: self-contained, escaped, bounded, and readable whatever the run left."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports import ReportError, summary_text, write_report
from tests.unit.reports.sample import failing, hostile, passing, write_run

URL_ATTRIBUTES = {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href", "background", "ping"}


class Page(HTMLParser):
    """What a browser would find in the page: tags, attributes, text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str) -> int:
        """How often a tag occurs."""
        return sum(1 for name, _ in self.tags if name == tag)


def page_of(folder: Path, run: dict[str, dict[str, Any]]) -> Page:
    """The page of a run."""
    return Page(write_report(write_run(folder, run)).read_text("utf-8"))


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Every address in the page points into the page itself, and the policy forbids every request."""
    page = page_of(tmp_path, failing())
    addresses = {value for _, attributes in page.tags for name, value in attributes.items() if name in URL_ATTRIBUTES}
    assert all(address and address.startswith("#") for address in addresses)
    assert "url(" not in page.source
    assert "@import" not in page.source
    policy = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_policy_allows_exactly_what_is_inside(tmp_path: Path, tag: str) -> None:
    """The digests of the policy are those of the inline style and script, so both work and nothing else does."""
    source = page_of(tmp_path, failing(say=hostile)).source
    inside = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
    assert len(inside) == 1
    assert base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode() in source
    assert " style=" not in source


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    """Names, plans, stories and connector texts that look like markup, templates or terminal escapes appear as text only."""
    page = page_of(tmp_path, failing(say=hostile))
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert "<script>alert('naive')</script>" in page.text
    assert "{{7*7}}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", page.source)


def test_the_answer_comes_first(tmp_path: Path) -> None:
    """Verdict, what was tested, money at risk, exit code and why stand in the banner, in words."""
    page = page_of(tmp_path, failing())
    banner = page.text[: page.text.index("Call point")]
    for said in (
        "naive went wrong in 32 of 503 transactions.",
        "503 transactions in 2 flows",
        "USD 2,559.24",
        "exit code 1",
        "at least one invariant was violated",
    ):
        assert said in banner


def test_every_square_says_its_verdict_without_colour(tmp_path: Path) -> None:
    """A square carries a sign and a sentence, so the matrix can be read without seeing colours."""
    page = page_of(tmp_path, failing())
    squares = [attributes for _, attributes in page.tags if "sq " in (attributes.get("class") or "") and "aria-hidden" not in attributes]
    assert len(squares) > 300
    assert all("planned" in (square.get("aria-label") or "") or "not_applicable" in (square.get("class") or "") for square in squares)
    failed = [square for square in squares if "fail" in (square["class"] or "")]
    assert all((square.get("href") or "").startswith("#txn-") for square in failed)


def test_a_second_step_of_a_plan_leads_to_its_transaction_too(tmp_path: Path) -> None:
    """A plan of two steps marks two squares, and both lead to the transaction."""
    run = failing()
    violation = next(v for v in run["verdict"]["violations"] if v["invariant"] == "C01" and v["txn_id"].startswith("p2p"))
    violation["plan"] += " ; erp.po.find@1 = unavailable_once/503"
    cell = next(c for c in run["verdict"]["coverage"]["matrix"] if c["call_point"] == "erp.po.find" and c["fault_id"] == "F-B6")
    cell["verdict"] = "fail"
    square = next(a for _, a in page_of(tmp_path, run).tags if (a.get("aria-label") or "").startswith("erp.po.find, unavailable once"))
    assert (square.get("href") or "").startswith("#txn-")


def test_every_link_has_its_target(tmp_path: Path) -> None:
    """No link into the page leads nowhere, and no anchor appears twice."""
    page = page_of(tmp_path, failing(repeat=3))
    anchors = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    links = {(attributes.get("href") or "")[1:] for tag, attributes in page.tags if tag == "a"}
    assert len(anchors) == len(set(anchors))
    assert links <= set(anchors)


def test_a_card_explains_one_transaction(tmp_path: Path) -> None:
    """A report card names plan, story, control twin, solo repeats, replay command, and draws the sequence."""
    page = page_of(tmp_path, failing())
    start = page.source.index('id="txn-0"')
    card = Page(page.source[start : page.source.index("</details>", start)])
    for said in ("erp.po.create@1", "Control twin", "Again alone", "dryclose replay runs/r7k2", "a correct connector would"):
        assert said in card.text
    assert card.count("svg") == 1
    assert "4500012345 purchase order created" in card.text


def test_big_runs_stay_small(tmp_path: Path) -> None:
    """Thousands of experiments with hundreds of violations make a page that opens at once, and it says how many it leaves out."""
    run = failing(repeat=8)
    assert len(run["verdict"]["violations"]) > 300
    page = page_of(tmp_path, run)
    assert len(page.source) < 3_000_000
    assert page.count("svg") < 60
    assert "more resemble these and have no card" in page.text
    assert "more like these" in page.text


def test_a_pass_shows_no_violations_but_its_limits(tmp_path: Path) -> None:
    """A passing run has no section about violations and says what a pass does not mean."""
    page = page_of(tmp_path, passing())
    assert "careful ended every one of 503 transactions as it should." in page.text
    assert "Failing transactions" not in page.text
    assert "What a pass does not mean" in page.text


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    """Without verdict.json the page says that there is no verdict, why, and what to do."""
    run = failing()
    run["manifest"].update(status="interrupted", why="Ctrl-C in wave-status")
    page = page_of(tmp_path, {"manifest": run["manifest"], "plan": run["plan"]})
    for said in ("Incomplete run", "The run interrupted: Ctrl-C in wave-status.", "503 experiments had been planned", "dryclose judge"):
        assert said in page.text


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '"text"', '{"verdict": 7, "violations": {"a": 1}, "experiments": [], "coverage": 3}', "[" * 200_000]
)
def test_damaged_files_give_a_page(tmp_path: Path, content: str) -> None:
    """A torn, foreign or absurd file never keeps the page from being written."""
    for name in ("verdict.json", "manifest.json", "plan.json"):
        (tmp_path / name).write_text(content)
    assert Page(write_report(tmp_path).read_text("utf-8")).count("h1") == 1


def test_an_empty_directory_gives_a_page(tmp_path: Path) -> None:
    """A directory without any file is an incomplete run."""
    assert "verdict.json does not exist." in Page(write_report(tmp_path).read_text("utf-8")).text


def test_no_directory_is_an_error(tmp_path: Path) -> None:
    """What is not a directory is named, with what was expected."""
    with pytest.raises(ReportError, match="is not a directory"):
        write_report(tmp_path / "absent")


def test_unwritable_place_is_an_error(tmp_path: Path) -> None:
    """A report that cannot be written says why and leaves nothing half-written."""
    run = write_run(tmp_path / "run", passing())
    (run / "report.html").mkdir()
    with pytest.raises(ReportError, match=r"report\.html cannot be written"):
        write_report(run)
    assert not list(run.glob("*.partial"))


def test_the_page_is_a_function_of_its_files(tmp_path: Path) -> None:
    """Writing twice gives the same bytes: nothing of the moment gets in."""
    run = write_run(tmp_path, failing())
    assert write_report(run).read_bytes() == write_report(run).read_bytes()


def test_warnings_are_apart(tmp_path: Path) -> None:
    """Conduct warnings do not stand among what is wrong."""
    run = passing()
    rows = [
        {
            "txn_id": "p2p-000001",
            "call_point": "erp.po.create",
            "story": "one logical call used three keys",
            "money_minor": None,
            "currency": None,
        }
    ]
    run["verdict"]["invariants"][0].update(status="warned", violations=1, rows=rows)
    page = page_of(tmp_path, run)
    assert "Worth a look" in page.text
    assert "One logical call used three keys" in page.text
    assert "What is wrong" not in page.text


def test_documents_of_a_value_in_memory_count_too(tmp_path: Path) -> None:
    """JSON knows lists only, and a run read from files shows the same numbers as its verdict."""
    run = json.loads(json.dumps(failing()))
    assert "2 flows" in page_of(tmp_path, run).text


def test_what_was_not_tested_is_told_on_the_page_and_the_terminal(tmp_path: Path) -> None:
    """A pass of a connector that only polls says so."""
    run = passing()
    run["verdict"]["told"] = ["it only polls: no event was <tested>"]
    page = page_of(tmp_path, run)
    assert "it only polls: no event was <tested>" in page.text
    assert "it only polls: no event was <tested>" in summary_text(run["verdict"])
