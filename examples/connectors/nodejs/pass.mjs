// One pass over one document: read what the source says now, compare it with what was made from it, close the difference. An event says that
// something changed, never what is true; so a pass may be repeated, overtaken or killed, and the next one begins with reading again.
//
// What a flow has to say for itself (receipts.mjs, invoices.mjs, onboarding.mjs):
//   source      where its documents are: folder, due (the status in which one is wanted), settled, others, amended (whether there are further
//               revisions), written (the member that holds our number); for poller.mjs and intake.mjs also listed, named (member of an event)
//   target      where they go: folder, live and dead (statuses), undo (the verb)
//   build       the request that creates, from the source
//   told        the write-back: path and body
//   reversal    the body of the undo
//   settle      optional: what a new document still has to become before its source is told
//   reconsider  optional: a refusal that may not be the last word; throws, or returns more for the refusal

import { randomUUID } from "node:crypto";
import { MAY_PASS, Again, Later, Park, Refused, STALE, Wait, ownerOfRefusal, parkedRefusal } from "./setbacks.mjs";
import { integer, list, nothing, oneOf, text, unreadable } from "./shape.mjs";

export class Pass {
  /** `sent`: when the create of each document went out last, as far as this process knows. */
  constructor(flow, record, attempt, { client, records, crosswalk, settings, startedAt, sent }) {
    Object.assign(this, { flow, record, attempt, client, records, crosswalk, settings, startedAt, sent });
    this.headers = {}; // of every call for this document
  }

  async run() {
    const { flow } = this;
    const path = `/api/v1/${flow.source.folder}/${encodeURIComponent(this.record.id)}`;
    const { body: source, etag } = await this.call("read", "procurement", "GET", path);
    this.source = source;
    const { due, settled, others } = flow.source;
    const status = oneOf(source, "status", [due, settled, ...others]);
    const revision = flow.source.amended ? integer(source, "revision") : 1;
    if (!nothing(source.correlationId)) this.headers["x-correlation-id"] = text(source, "correlationId");
    const wanted = status === due || status === settled ? revision : null;
    await this.undoOthers(source, wanted);
    if (status === due) {
      await this.#fulfil(source, revision, path, etag);
    } else if (status === settled) {
      this.#compare(source, revision);
    }
  }

  /** What the target says of a document now: from the answer that made it in this pass, or by a read. */
  async seen(number) {
    if (this.created?.number === number) return this.created;
    const { body } = await this.call("look", "erp", "GET", `/${this.flow.target.folder}/${encodeURIComponent(number)}`);
    return body;
  }

  /** A call, as a named step: failures are counted by step, and forgotten as soon as it succeeds. */
  async call(step, system, method, path, options = {}) {
    this.attempt.step = step;
    const answer = await this.client.call(system, method, path, { ...options, headers: { ...this.headers, ...options.headers } });
    delete this.attempt.failed[step];
    return answer;
  }

  note(fact, members) {
    return this.records.note({ fact, id: this.record.id, ...members });
  }

  reference(revision) {
    return `${this.record.id}/${revision}`;
  }

  async #fulfil(source, revision, path, etag) {
    const known = this.record.revisions[revision] ?? {};
    if (!known.refusal && (!known.number || known.undone)) await this.#create(source, revision);
    const { number, refusal } = this.record.revisions[revision];
    if (number && this.flow.settle) await this.flow.settle(this, number);
    const told = refusal ? { path: "refusal", body: refusal } : this.flow.told(number, revision);
    const headers = etag ? { "if-match": etag } : {};
    let answer;
    try {
      answer = await this.call("tell", "procurement", "PUT", `${path}/${told.path}`, { body: told.body, headers });
    } catch (setback) {
      if (setback instanceof Refused && STALE.has(setback.code)) throw new Again(setback.message);
      throw setback;
    }
    // A 2xx that does not say what we expect has happened all the same: the source itself is asked what it says now.
    if (answer.body.status === (refusal ? "refused" : this.flow.source.settled)) return;
    this.attempt.step = "told";
    throw new Again(`${told.path}: ${answer.body.status} in the answer`);
  }

  /** Brings the document of this revision about in the target, whatever became of earlier requests. */
  async #create(source, revision) {
    if (!this.record.revisions[revision]?.intent) {
      let request;
      try {
        request = await this.flow.build(this, source, revision);
      } catch (setback) {
        if (setback.own) return this.#declined(setback, source, revision); // the flow itself says no
        throw setback;
      }
      // Written down first, with its key: after a crash or a lost answer the very same request goes out again, and the ERP decides which was first.
      await this.note("intends", { revision, ...request, key: randomUUID(), at: Date.now() });
    }
    const { path, body, key } = this.record.revisions[revision].intent;
    let number;
    this.sent.set(this.record.id, Date.now());
    try {
      const answer = await this.call("create", "erp", "POST", path, { body, headers: { "idempotency-key": key } });
      number = await this.#numberOf(answer.body, revision);
      this.created = answer.body;
    } catch (setback) {
      if (!(setback instanceof Refused)) throw setback;
      if (setback.code !== "DUPLICATE_REFERENCE") return this.#declined(setback, source, revision);
      number = this.#adopted(setback);
    }
    await this.note("made", { revision, number });
  }

  /** The number that a 2xx names. When it cannot be read the document is there all the same: look it up by our reference. */
  async #numberOf(body, revision) {
    const { live } = this.flow.target;
    if (typeof body.number === "string" && body.number && live.includes(body.status)) return body.number;
    const found = await this.find(revision);
    if (!found) throw new Wait("created, and not to be found", { known: false, failure: "ambiguous" });
    return found.number;
  }

  #adopted(refused) {
    const { existing_id: number, existing_status: status } = refused.problem;
    if (nothing(number)) throw new Wait(refused.message, { known: false, failure: "ambiguous" }); // it is still being worked on
    if (this.flow.target.dead.includes(status)) throw parkedRefusal(refused); // it keeps our reference, and stands for nothing
    if (typeof number !== "string") throw unreadable("existing_id", number);
    return number;
  }

  /** The target said no, for good: post it on another day, try again, tell the source, or ask a person. */
  async #declined(refused, source, revision) {
    await this.note("declined", { revision });
    if (refused.code === "PERIOD_CLOSED") await this.#shift(refused, source, revision);
    if (MAY_PASS.has(refused.code) && (this.attempt.failed.reconsider ?? 0) < 4) {
      this.attempt.step = "reconsider";
      throw new Again(refused.message);
    }
    const more = (await this.flow.reconsider?.(this, refused)) ?? {};
    const owner = ownerOfRefusal(refused.code);
    if (!owner) throw parkedRefusal(refused);
    await this.note("refusing", { revision, code: refused.code, reason: refused.message.slice(0, 1000), owner, ...more });
  }

  /** Our policy for a closed period is the next one that is open: its first day. */
  async #shift(refused, source, revision) {
    const { period, module } = refused.problem;
    const company = this.crosswalk.company(text(source, "legalEntity"));
    const { body } = await this.call("periods", "erp", "GET", `/periods?company_code=${encodeURIComponent(company)}`);
    const open = list(body, "items")
      .filter(([row, where]) => text(row, "module", where) === module && text(row, "status", where) === "open")
      .map(([row, where]) => text(row, "period", where))
      .filter((month) => month > period)
      .sort();
    if (open.length === 0) throw parkedRefusal(refused);
    await this.note("shifted", { revision, date: `${open[0].replace("-", "")}01` });
    this.attempt.step = "shift";
    throw new Again(`${period} is closed, ${open[0]} is open`);
  }

  /** The live document with the reference of this revision, or null. */
  async find(revision) {
    const { folder, live, dead } = this.flow.target;
    const path = `/${folder}?external_ref=${encodeURIComponent(this.reference(revision))}`;
    const { body } = await this.call("find", "erp", "GET", path);
    for (const [item, where] of list(body, "items")) {
      if (live.includes(oneOf(item, "status", [...live, ...dead], where))) return { number: text(item, "number", where) };
    }
    return null;
  }

  /** Takes back what was made of any revision but the wanted one, and what may have been made of it. */
  async undoOthers(source, wanted) {
    for (const [key, made] of Object.entries(this.record.revisions)) {
      const revision = Number(key);
      if (revision === wanted || made.undone) continue;
      if (!made.number && made.intent) await this.#resolve(revision, made.intent);
      const { number } = this.record.revisions[revision];
      if (number) await this.#undo(source, revision, number);
    }
  }

  /** An intent without an answer, not wanted any more: it may have been carried out, or may be for a while yet. Sending it again would post it. */
  async #resolve(revision, intent) {
    const found = await this.find(revision);
    if (found) return this.note("made", { revision, number: found.number });
    const since = Date.now() - Math.max(intent.at, this.startedAt, this.sent.get(this.record.id) ?? 0);
    if (since < this.settings.lateCommitMs) throw new Later("it may still be made", Math.min(250 + since / 4, 1000));
    return this.note("undone", { revision });
  }

  async #undo(source, revision, number) {
    const { folder, live, dead, undo } = this.flow.target;
    const path = `/${folder}/${encodeURIComponent(number)}`;
    const { body, etag } = await this.call("look", "erp", "GET", path);
    if (live.includes(oneOf(body, "status", [...live, ...dead]))) {
      try {
        const headers = etag ? { "if-match": etag } : {};
        await this.call("undo", "erp", "POST", `${path}/${undo}`, { body: this.flow.reversal(source), headers });
      } catch (setback) {
        if (setback instanceof Refused && STALE.has(setback.code)) throw new Again(setback.message);
        throw setback;
      }
    }
    await this.note("undone", { revision });
  }

  /** The source has it already. Another number than ours is for a person. */
  #compare(source, revision) {
    const ours = this.record.revisions[revision]?.number;
    const theirs = source[this.flow.source.written]?.number;
    if (ours && theirs && ours !== theirs) throw new Park(`the source names ${theirs}, we made ${ours}`, "duplicate", "integration team");
  }
}
