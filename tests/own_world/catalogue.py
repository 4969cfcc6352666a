"""A catalogue of the tests' own: the flows of this folder beside two of the product's, whatever else ships."""

import shutil
from pathlib import Path

import yaml

from contracts.catalog import HERE, Catalog, load_catalog

KEPT = ("requisition-to-po", "expense-to-posting")
DECLARATIONS = Path(__file__).with_name("declarations.yaml")


def own_catalog(folder: Path) -> Catalog:
    """Copies what it needs of contracts/ into `folder`, and declares what declarations.yaml adds. Raises CatalogError."""
    for path in HERE.glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    (folder / "flows").mkdir()
    added = yaml.safe_load(DECLARATIONS.read_text("utf-8"))
    flows = [yaml.safe_load((HERE / "flows" / f"{name}.yaml").read_text("utf-8")) for name in KEPT] + added["flows"]
    for flow in flows:
        (folder / "flows" / f"{flow['id']}.yaml").write_text(yaml.safe_dump(flow))
    points = {point["id"] for flow in flows for point in flow["call_points"]}
    for name, key in (("documents", "id"), ("events", "type")):
        taken = {entry[key] for entry in added[name]}
        entries = yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))[name]
        ours = [one for one in entries if one[key] not in taken and one.get("call_point", next(iter(points))) in points]
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({name: ours + added[name]}))
    drift = yaml.safe_load((folder / "drift.yaml").read_text("utf-8"))["points"]
    (folder / "drift.yaml").write_text(yaml.safe_dump({"points": {point: kinds for point, kinds in drift.items() if point in points}}))
    return load_catalog(folder)
