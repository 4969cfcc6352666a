"""The product's catalogue with the flows of this folder beside its own."""

import shutil
from pathlib import Path

import yaml

from contracts.catalog import HERE, Catalog, load_catalog

ID = {"documents": "id", "events": "type"}
DECLARATIONS = Path(__file__).with_name("declarations.yaml")


def own_catalog(folder: Path) -> Catalog:
    """Copies contracts/ into `folder` and declares what declarations.yaml adds. Raises CatalogError when it does not fit.

    What the product declares under the same id steps aside, so that a flow may grow up and ship.
    """
    for path in HERE.glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    shutil.copytree(HERE / "flows", folder / "flows")
    added = yaml.safe_load(DECLARATIONS.read_text("utf-8"))
    for name in ("documents", "events"):
        entries = yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
        taken = {entry[ID[name]] for entry in added[name]}
        kept = [entry for entry in entries[name] if entry[ID[name]] not in taken]
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({name: kept + added[name]}))
    for flow in added["flows"]:
        (folder / "flows" / f"{flow['id']}.yaml").write_text(yaml.safe_dump(flow))
    return load_catalog(folder)
