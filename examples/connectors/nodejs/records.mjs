// What we know of each document: the sum of the facts about it.
//
//   heard     an event or a list named it                        {version?}
//   screened  the screening answered for a revision              {revision, check}
//   intends   about to create; the request as it will be sent    {revision, path, body, key, at}
//   declined  the target refused that request for good           {revision}
//   shifted   its period is closed; posted on this day instead   {revision, date}
//   refusing  the source is about to be told no                  {revision, code, reason, owner, duplicateOf?}
//   made      the target has it                                  {revision, number}
//   undone    the target has it no more                          {revision}
//   done      everything heard up to here is dealt with          {heard}
//   parked    set aside for a person                             {heard, item}
//   redriven  a person says: try again                           {}
//   listed    how far a list was read (of no document)           {list, since}

export class Records {
  byId = new Map();
  since = {}; // list -> the last change that we saved
  #journal;

  attach(journal) {
    this.#journal = journal;
  }

  /** On the disk first, then true: a fact that is lost was never acted upon. */
  async note(...facts) {
    await this.#journal.append(...facts);
    for (const fact of facts) this.apply(fact);
  }

  apply(fact) {
    if (fact.fact === "listed") {
      this.since[fact.list] = fact.since;
      return;
    }
    if (!this.byId.has(fact.id)) {
      this.byId.set(fact.id, { id: fact.id, flow: fact.flow, heard: 0, handled: 0, version: 0, revisions: {}, parked: null });
    }
    const record = this.byId.get(fact.id);
    const revision = fact.revision === undefined ? {} : (record.revisions[fact.revision] ??= {});
    REDUCERS[fact.fact](record, fact, revision);
  }

  /** The facts of a new journal: one for each document, as it stands. */
  *snapshot() {
    for (const [list, since] of Object.entries(this.since)) yield { fact: "listed", list, since };
    for (const record of this.byId.values()) yield { fact: "stands", id: record.id, flow: record.flow, record };
  }

  pending() {
    return [...this.byId.values()].filter((record) => record.heard > record.handled);
  }

  parked() {
    return [...this.byId.values()].filter((record) => record.parked);
  }
}

const REDUCERS = {
  stands: (record, fact) => Object.assign(record, fact.record),
  heard(record, fact) {
    record.heard += 1;
    record.version = Math.max(record.version, fact.version ?? 0);
    record.parked = null; // it is in our hands again; whoever asks for what is parked must not be told of it meanwhile
  },
  screened: (record, fact, revision) => (revision.check = fact.check),
  intends: (record, fact, revision) => (revision.intent = { path: fact.path, body: fact.body, key: fact.key, at: fact.at }),
  declined(record, fact, revision) {
    delete revision.intent;
    delete revision.check; // a refused vendor is screened anew
  },
  shifted: (record, fact, revision) => (revision.shifted = fact.date),
  refusing(record, { code, reason, owner, duplicateOf }, revision) {
    revision.refusal = { code, reason, owner, ...(duplicateOf && { duplicateOf }) };
  },
  made(record, fact, revision) {
    delete revision.intent;
    delete revision.undone;
    revision.number = fact.number;
  },
  undone(record, fact, revision) {
    delete revision.intent;
    revision.undone = true;
  },
  done(record, fact) {
    record.handled = fact.heard;
  },
  parked(record, fact) {
    record.handled = fact.heard;
    if (record.heard === fact.heard) record.parked = fact.item; // unless there was news meanwhile
  },
  redriven(record) {
    record.heard += 1;
    record.parked = null;
    for (const revision of Object.values(record.revisions)) {
      // what was decided before the cause was taken away is decided again; an open intent stays, because nobody knows what became of it
      delete revision.refusal;
      if (!revision.intent) {
        delete revision.check;
        delete revision.shifted;
      }
    }
  },
};
