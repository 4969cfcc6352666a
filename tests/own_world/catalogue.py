"""The product's catalogue with the flows of this folder beside its own."""

import shutil
from pathlib import Path

import yaml

from contracts.catalog import HERE, Catalog, load_catalog

DECLARATIONS = Path(__file__).with_name("declarations.yaml")


def own_catalog(folder: Path) -> Catalog:
    """Copies contracts/ into `folder` and declares what declarations.yaml adds. Raises CatalogError when it does not fit."""
    for path in HERE.glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    shutil.copytree(HERE / "flows", folder / "flows")
    added = yaml.safe_load(DECLARATIONS.read_text("utf-8"))
    for name in ("documents", "events"):
        entries = yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({name: entries[name] + added[name]}))
    for flow in added["flows"]:
        (folder / "flows" / f"{flow['id']}.yaml").write_text(yaml.safe_dump(flow))
    return load_catalog(folder)
