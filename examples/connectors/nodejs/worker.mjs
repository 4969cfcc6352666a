// Which document is worked on when: at most one pass for each at a time, and at most `slots` passes at once. And the one place where it is decided
// what becomes of a pass that did not come to its end.

import { NoToken } from "./client.mjs";
import { backoff } from "./settings.mjs";
import { Again, Later, Park, Refused, Wait, parkedRefusal } from "./setbacks.mjs";

export class Worker {
  #settings;
  #records;
  #pass;
  #active = new Set();
  #ready = new Set(); // ids, in the order in which they became due
  #timers = new Map(); // id -> {timer, at}
  #notBefore = new Map(); // id -> what Retry-After and back-off ask for; news of a document is no reason to call earlier
  #failed = new Map(); // id -> {step: how often in a row}
  #stopping = false;
  #stopped = () => {};

  constructor(settings, records, pass) {
    this.#settings = settings;
    this.#records = records;
    this.#pass = pass;
  }

  /** Something was heard of this document: work on it as soon as it may be. */
  wake(id) {
    if (this.#stopping || this.#active.has(id) || this.#ready.has(id)) return; // one that is at work looks again at its end
    const wait = (this.#notBefore.get(id) ?? 0) - Date.now();
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (wait > 0) {
      this.#timers.set(id, setTimeout(() => this.#due(id), wait));
    } else {
      this.#due(id);
    }
  }

  get busy() {
    return this.#active.size;
  }

  /** Ends what is under way and begins nothing new. */
  async stop() {
    this.#stopping = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    if (this.#active.size > 0) await new Promise((resolve) => (this.#stopped = resolve));
  }

  #due(id) {
    this.#timers.delete(id);
    this.#ready.add(id);
    this.#fill();
  }

  #fill() {
    for (const id of this.#ready) {
      if (this.#stopping || this.#active.size >= this.#settings.slots) return;
      this.#ready.delete(id);
      this.#active.add(id);
      this.#work(id)
        .catch((error) => {
          console.error("cannot keep a journal:", error); // nothing may be done that is not written down first
          process.exit(1);
        })
        .finally(() => {
          this.#active.delete(id);
          const record = this.#records.byId.get(id);
          if (record.heard > record.handled) this.wake(id);
          if (this.#stopping && this.#active.size === 0) this.#stopped();
          this.#fill();
        });
    }
  }

  async #work(id) {
    const record = this.#records.byId.get(id);
    const heard = record.heard;
    const failed = this.#failed.get(id) ?? {};
    this.#failed.set(id, failed);
    const attempt = { step: "begin", failed };
    try {
      await this.#pass(record, attempt);
      await this.#records.note({ fact: "done", id, heard });
      this.#forget(id);
    } catch (setback) {
      const parked = this.#setback(id, attempt, setback);
      if (parked) await this.#park(record, heard, parked, attempt);
    }
  }

  /** Says when to try again, or answers the Park that it comes to. */
  #setback(id, { step, failed }, setback) {
    const again = (at) => void this.#notBefore.set(id, at);
    if (setback instanceof NoToken) return again(setback.notBefore + 50 * Math.random());
    if (setback instanceof Later) return again(Date.now() + setback.ms);
    if (setback instanceof Park) return setback;
    if (setback instanceof Refused) return parkedRefusal(setback);
    failed[step] = (failed[step] ?? 0) + 1;
    if (setback instanceof Again) {
      if (failed[step] >= setback.most) return new Park(setback.message, "stale", "integration team");
      return again(Date.now() + backoff(this.#settings, failed[step]));
    }
    if (setback instanceof Wait) {
      const most = setback.known ? this.#settings.attemptsRefused : this.#settings.attemptsUnknown;
      if (failed[step] >= most) return new Park(setback.message, setback.failure, setback.failure === "authentication" ? "security" : "IT");
      return again(Math.max(setback.notBefore, Date.now() + backoff(this.#settings, failed[step])));
    }
    console.error(id, setback); // a mistake of ours
    return new Park(`${setback}`, "internal", "integration team");
  }

  async #park(record, heard, park, { step, failed }) {
    const revisions = Object.values(record.revisions);
    const item = {
      reference: record.id,
      reason: park.message.slice(0, 500),
      class: park.failure,
      owner: park.owner,
      retryable: true,
      first_seen: new Date().toISOString(),
      attempts: Math.max(1, failed[step] ?? 1),
      // an intent without an answer may have been carried out, or may be yet
      outcome: park.outcome ?? (revisions.some((one) => one.intent) ? "unknown"
        : revisions.some((one) => one.number && !one.undone) ? "posted" : "not_posted"),
    };
    console.error("parked", record.id, item.outcome, item.reason);
    await this.#records.note({ fact: "parked", id: record.id, heard, item });
    this.#forget(record.id);
  }

  #forget(id) {
    this.#failed.delete(id);
    this.#notBefore.delete(id);
  }
}
