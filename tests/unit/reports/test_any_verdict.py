"""Whatever JSON stands in a run directory, every output is written and stays well formed."""

import json
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import summary_text, write_ctrf, write_junit, write_report
from tests.unit.reports.sample import failing

RUN = failing()
COVERAGE = RUN["verdict"]["coverage"]
SHORT = (
    RUN["verdict"]
    | {  # some rows of every table: how many there are is for other tests
        "violations": RUN["verdict"]["violations"][:3],
        "by_experiment": RUN["verdict"]["by_experiment"][:5],
        "coverage": COVERAGE | {"matrix": COVERAGE["matrix"][::90]},
    }
)
MEMBERS = sorted(RUN["verdict"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["fail", "violated", "F-A3", "p2p-000001", "requisition-to-po"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from([*MEMBERS, "txn_id", "flow", "matrix", "timeline"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=6), JSON, JSON)
def test_any_json_gives_every_output(members: dict[str, object], manifest: object, plan: object) -> None:
    """Members of any type, in any place, end in a page, well-formed XML and JSON, and a summary."""
    verdict = SHORT | members
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, document in (("verdict", verdict), ("manifest", manifest), ("plan", plan)):
            (folder / f"{file}.json").write_text(json.dumps(document))
        assert "</html>" in write_report(folder).read_text("utf-8")
        ET.parse(write_junit(folder))
        json.loads(write_ctrf(folder).read_text())
    assert summary_text(verdict)
