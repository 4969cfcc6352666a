"""The picture of ARCHITECTURE.md: systems, flows and what is due, as a Mermaid flowchart made from the declarations."""

from contracts.catalog import Catalog

BEGIN, END = "<!-- picture: made by `make docs` -->", "<!-- picture: end -->"


def picture(catalog: Catalog) -> str:
    """The flowchart between its markers."""
    lines = [BEGIN, "```mermaid", "flowchart LR"]
    for entry in catalog.hosted.values():
        lines.append(f'  {entry.id}["{entry.title}"]')
    lines.append('  connector(["the connector under test"])')
    for flow in catalog.flows.values():
        due = sorted({catalog.documents[name].system for name in flow.target_documents})
        names = " or ".join(catalog.documents[name].name for name in flow.target_documents)
        lines.append(f'  {flow.source_system} -- "{catalog.documents[flow.source_document].name} ({flow.kind})" --> connector')
        lines += [f'  connector -- "{names}" --> {system}' for system in due]
    return "\n".join([*lines, "```", END])


def with_picture(text: str, catalog: Catalog) -> str:
    """A page with the picture of today between its markers. Raises ValueError when it has none."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"expected {BEGIN} and {END} in the page")
    head, _, rest = text.partition(BEGIN)
    return head + picture(catalog) + rest.partition(END)[2]
