"""docs/history.md: the history and the tables derived from it, as the interface that rules of users are written against."""

from contracts.catalog import Catalog
from harness.docs.markdown import code, fence, page, table
from harness.docs.run_directory import column_rows, kind_rows
from harness.judge.load import UNREAD
from harness.judge.public import MACROS, TIMELINE, VIEWS_VERSION, PublicTable, public_tables

LEAD = """What a rule of your own may read ([how to write one](own-rules.md)), and what the rules of dryclose read too. `h` holds the
facts, one row for each, in the order in which the world saw them (`seq`); every other table is derived from it, from the declarations in
`contracts/` and from the crosswalks of the run. Amounts are whole minor units of their currency; business times (`t_biz`) are ISO 8601."""
VERSION = f"""This is **views {VIEWS_VERSION}**. Within a version tables and columns are only added: what is here keeps its name, its type
and its meaning. A change that breaks a rule raises the version; manifest.json (`rules.views`) and verdict.json (`views`) of a run say by
which one it was judged. A rule may declare `-- views: {VIEWS_VERSION}`, and a dryclose that has another version refuses it instead of
misreading it. Tables of `harness/judge/views/` that are not here are ours alone and may change any day; a rule cannot read them."""


def history_page(catalog: Catalog) -> str:
    """The page."""
    tables = public_tables(catalog)
    return page(
        "The history and its views",
        "`contracts/history.yaml`, `harness/judge/views/`, `harness/judge/public.py`",
        LEAD,
        f"## Version of the views\n\n{VERSION}",
        "## Tables\n\n" + table(("table", "what is in it"), ((f"[{code(one.name)}](#{one.name})", one.meaning) for one in tables)),
        "Beside DuckDB's own functions these can be called:",
        table(("function", "meaning"), ((code(f"{name}()"), meaning) for name, meaning in MACROS.items())),
        *(_section(catalog, one) for one in tables),
    )


def _section(catalog: Catalog, one: PublicTable) -> str:
    head = f"## {one.name}\n\n{one.meaning[0].upper()}{one.meaning[1:].rstrip('.')}."
    if one.name == "h":
        kinds = table(("kind", "what the row says", "always has"), kind_rows(catalog))
        columns = table(("column", "SQL type", "remark"), (row for row in column_rows(catalog) if row[0].strip("`") not in UNREAD))
        return f"{head}\n\n{kinds}\n\n{columns}"
    if one.name == TIMELINE:
        return f"{head} It has `txn_id`, `call_kind` (the kind of the call point) and the other columns of `h`."
    return f"{head}\n\n" + fence("\n".join(f"{name:<18} {kind}" for name, kind in one.columns.items()), "text")
