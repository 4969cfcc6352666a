"""Everything that must outlive a crash, in one SQLite file.

`work` has one row for each source document that we ever heard of, `paper` one row for each document that we may have made in
the ERP (written *before* the request that makes it), `inbox` the ids of events that we took responsibility for, `mark` how far
the lists were read. A commit survives the death of this process; a power cut may take the last commits with it, and then `mark`
falls back together with `inbox`, so polling finds again whatever was forgotten.
"""

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

SCHEMA = """
create table if not exists inbox (id text primary key, type text not null, subject text not null, received real not null);
create table if not exists work (
  kind text not null, id text not null, state text not null, signals integer not null default 1, seen integer,
  attempts integer not null default 0, patience integer not null default 0,
  reason text, class text, owner text, retryable integer, outcome text, first_seen text,
  primary key (kind, id));
create index if not exists work_state on work (state);
create table if not exists paper (
  ref text primary key, id text not null, revision integer not null, type text not null, number text, job text,
  state text not null, looks integer not null default 0);
create index if not exists paper_id on paper (id);
create table if not exists mark (name text primary key, value text not null);
"""
WORK_COLUMNS = "kind, id, state, signals, coalesce(seen, 0), attempts, patience"
PAPER_COLUMNS = "ref, id, revision, type, number, job, state, looks"


@dataclass(frozen=True)
class Work:
    """One source document. state: open, parked, done. signals: how often somebody said that it changed. seen: newest version told."""

    kind: str
    id: str
    state: str
    signals: int
    seen: int
    attempts: int
    patience: int


@dataclass(frozen=True)
class Paper:
    """One document in the ERP that we made or may have made. state: tried, made, posted, undone."""

    ref: str
    id: str
    revision: int
    type: str
    number: str | None
    job: str | None
    state: str
    looks: int


class Store:
    """One connection, one lock: every method is one transaction."""

    def __init__(self, path):
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(SCHEMA)

    @contextmanager
    def _transaction(self):
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _rows(self, sql, *values):
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    # --- what came in

    def receive(self, event_id, event_type, kind, source_id, *, version, reopen):
        """Saves an event and marks its document as changed. Returns False for an id that was here before."""
        with self._transaction() as db:
            new = db.execute("insert or ignore into inbox values (?,?,?,?)", (event_id, event_type, source_id, time.time())).rowcount
            if new:
                self._signal(db, kind, source_id, version, reopen)
        return bool(new)

    def listed(self, kind, items, mark):
        """Saves one page of a list together with how far it goes. items: (id, version). Returns the ids that are news."""
        news = []
        with self._transaction() as db:
            for source_id, version in items:
                row = db.execute("select seen from work where kind=? and id=?", (kind, source_id)).fetchone()
                if row is None or row[0] is None or row[0] < version:
                    self._signal(db, kind, source_id, version, reopen=False)
                    news.append(source_id)
            if mark:
                db.execute("insert or replace into mark values (?,?)", (kind, mark))
        return news

    def _signal(self, db, kind, source_id, version, reopen):
        db.execute(
            "insert into work (kind, id, state, seen) values (?,?,'open',?) on conflict (kind, id) do update set signals=signals+1,"
            " seen=max(coalesce(excluded.seen, 0), coalesce(seen, 0)),"
            " state=case when state='parked' and not ? and coalesce(excluded.seen, 0) <= coalesce(seen, 0) then 'parked' else 'open' end",
            (kind, source_id, version, reopen),
        )

    def mark(self, kind):
        """How far the list of this kind was read, or None."""
        rows = self._rows("select value from mark where name=?", kind)
        return rows[0][0] if rows else None

    # --- work

    def work(self, kind, source_id):
        """The row of one source document, or None."""
        rows = self._rows(f"select {WORK_COLUMNS} from work where kind=? and id=?", kind, source_id)
        return Work(*rows[0]) if rows else None

    def open_work(self):
        """(kind, id) of everything that is not finished."""
        return self._rows("select kind, id from work where state='open'")

    def finished(self, work):
        """Closes the row unless somebody signalled a change meanwhile. Returns whether it is closed."""
        with self._transaction() as db:
            done = db.execute(
                "update work set state='done', attempts=0, patience=0, reason=null where kind=? and id=? and signals=?",
                (work.kind, work.id, work.signals),
            ).rowcount
        return bool(done)

    def failed(self, work, *, attempts, patience, reason):
        """Counts a failed pass."""
        with self._transaction() as db:
            db.execute(
                "update work set attempts=?, patience=?, reason=? where kind=? and id=?", (attempts, patience, reason, work.kind, work.id)
            )

    def park(self, work, item):
        """Sets the document aside. item: reason, class, owner, retryable, outcome, first_seen, attempts."""
        with self._transaction() as db:
            db.execute(
                "update work set state='parked', reason=:reason, class=:class, owner=:owner, retryable=:retryable, outcome=:outcome,"
                " first_seen=:first_seen, attempts=:attempts where kind=:kind and id=:id",
                {**item, "kind": work.kind, "id": work.id},
            )

    def parked(self):
        """Everything set aside, as the contract wants it."""
        names = ("reference", "reason", "class", "owner", "retryable", "first_seen", "attempts", "outcome")
        rows = self._rows("select id, reason, class, owner, retryable, first_seen, attempts, outcome from work where state='parked'")
        return [dict(zip(names, row, strict=True)) | {"retryable": bool(row[4])} for row in rows]

    def reopen_parked(self, named=None):
        """Makes what may be retried open again: everything, or the ids that are named. Returns (kind, id)."""
        with self._transaction() as db:
            rows = db.execute("select kind, id from work where state='parked' and retryable").fetchall()
            rows = [row for row in rows if named is None or row[1] in named]
            db.executemany("update work set state='open', attempts=0, patience=0, signals=signals+1 where kind=? and id=?", rows)
        return rows

    # --- papers

    def papers(self, source_id):
        """What we made for one source document, undone papers included."""
        return [Paper(*row) for row in self._rows(f"select {PAPER_COLUMNS} from paper where id=? order by revision", source_id)]

    def one_paper(self, ref):
        """The paper with this reference, or None."""
        rows = self._rows(f"select {PAPER_COLUMNS} from paper where ref=?", ref)
        return Paper(*rows[0]) if rows else None

    def owner_of(self, ref):
        """(kind, id) of the source document that a reference of ours belongs to, or None."""
        rows = self._rows("select w.kind, w.id from paper p join work w on w.id = p.id where p.ref=?", ref)
        return rows[0] if rows else None

    def trying(self, ref, source_id, revision, doc_type):
        """To be called before the request that makes a document: from now on it may exist."""
        with self._transaction() as db:
            db.execute(
                "insert into paper (ref, id, revision, type, state) values (?,?,?,?,'tried')"
                " on conflict (ref) do update set state='tried', type=excluded.type, number=null, job=null, looks=0",
                (ref, source_id, revision, doc_type),
            )

    def paper(self, ref, **changes):
        """Writes columns of one paper."""
        columns = ", ".join(f"{name}=?" for name in changes)
        with self._transaction() as db:
            db.execute(f"update paper set {columns} where ref=?", (*changes.values(), ref))
