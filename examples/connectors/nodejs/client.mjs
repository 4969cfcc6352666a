// HTTP to the mock systems: a total deadline for each call, one token for everybody, and every answer sorted into what it says about the effect:
//   an answer      {status, body, etag}: it happened
//   Refused        a readable problem document: it certainly did not, and the code says why
//   Wait, known    it certainly did not happen, and will pass (a throttle, maintenance, nobody there)
//   Wait           nobody knows: a timeout, a reset, half an answer, a page that is not JSON, a server error

import http from "node:http";
import https from "node:https";
import { backoff } from "./settings.mjs";
import { Refused, Wait } from "./setbacks.mjs";

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const JSON_TYPE = /^application\/(problem\+)?json\b/i;
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"]);
const WAITS = {
  RATE_LIMITED: { known: true, failure: "throttled" },
  MAINTENANCE: { known: true, failure: "transient" },
  UNAVAILABLE: { known: true, failure: "transient" },
  IDEMPOTENCY_KEY_IN_PROGRESS: { known: false, failure: "ambiguous" },
};

export class Client {
  #settings;
  #agents = { "http:": new http.Agent({ keepAlive: true, timeout: 3000 }), "https:": new https.Agent({ keepAlive: true, timeout: 3000 }) };
  #token = null; // {value, until}
  #asking = null; // the promise of the one who is asking for a token; everybody else waits for it
  #askAgain = 0; // not before
  #askedInVain = 0;

  constructor(settings) {
    this.#settings = settings;
  }

  /** One call with a token. A refused token is replaced, and the same call repeated, once. */
  async call(system, method, path, { body, headers = {} } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.#currentToken();
      try {
        return await this.#request(method, new URL(this.#settings.systems[system] + path), {
          headers: { authorization: `Bearer ${token.value}`, accept: "application/json", ...headers },
          text: body === undefined ? undefined : JSON.stringify(body),
          type: "application/json",
        });
      } catch (setback) {
        const refused = setback instanceof Refused && setback.status === 401;
        if (refused && this.#token === token) this.#token = null; // unless somebody has got a new one meanwhile
        if (refused && attempt > 1) throw new Wait(setback.message, { known: true, failure: "authentication" });
        if (!refused) throw setback;
      }
    }
  }

  close() {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #currentToken() {
    if (this.#token && Date.now() < this.#token.until) return this.#token;
    if (Date.now() < this.#askAgain) throw new NoToken("waiting for the token endpoint", this.#askAgain);
    this.#asking ??= this.#askForToken().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #askForToken() {
    const { tokenUrl, clientId, clientSecret } = this.#settings;
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret });
    try {
      const request = { headers: {}, text: form.toString(), type: "application/x-www-form-urlencoded" };
      const { body } = await this.#request("POST", new URL(tokenUrl), request);
      if (typeof body.access_token !== "string" || !(body.expires_in > 0)) throw new Wait("no token in the answer", { failure: "transient" });
      this.#askedInVain = 0;
      this.#token = { value: body.access_token, until: Date.now() + body.expires_in * 900 }; // nine tenths of its time
      return this.#token;
    } catch (setback) {
      // Whatever it was, also a client that is refused: nobody asks again before this pause is over, and it grows.
      this.#askedInVain += 1;
      this.#askAgain = Math.max(Date.now() + backoff(this.#settings, this.#askedInVain), setback.notBefore ?? 0);
      throw new NoToken(`no token: ${setback.message}`, this.#askAgain);
    }
  }

  async #request(method, url, { headers, text, type }) {
    const where = `${method} ${url.pathname}`;
    const answer = await this.#exchange(method, url, where, {
      ...headers,
      ...(text !== undefined && { "content-type": type, "content-length": Buffer.byteLength(text) }),
    }, text);
    return sorted(where, answer);
  }

  /** The bytes of one answer, all of them within the deadline, or a Wait. */
  #exchange(method, url, where, headers, text) {
    return new Promise((resolve, reject) => {
      const fail = (reason, code) => {
        clearTimeout(deadline);
        request.destroy();
        const known = NEVER_SENT.has(code);
        reject(new Wait(`${where}: ${reason}`, { known, failure: known ? "transient" : "ambiguous" }));
      };
      const scheme = url.protocol === "https:" ? https : http;
      const request = scheme.request(url, { method, headers, agent: this.#agents[url.protocol] }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", (error) => fail(error.message));
        response.on("end", () => {
          if (!response.complete) return fail("half an answer");
          clearTimeout(deadline);
          resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) });
        });
      });
      // of the whole call: a body that trickles must not hold us
      const deadline = setTimeout(() => fail("no answer in time"), this.#settings.requestTimeoutMs);
      request.on("error", (error) => fail(error.message, error.code));
      request.end(text);
    });
  }
}

/** There is no token to be had for now. That is nobody's attempt and costs no patience: everybody waits until it comes. */
export class NoToken extends Error {
  constructor(reason, notBefore) {
    super(reason);
    this.notBefore = notBefore;
  }
}

/** What an answer says, as a value or as an exception. */
export function sorted(where, { status, headers, bytes }) {
  const body = JSON_TYPE.test(headers["content-type"] ?? "") ? decoded(bytes) : undefined;
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  if (status >= 200 && status < 300) {
    if (!isObject) throw new Wait(`${where}: ${status}, and not a JSON object`, { known: false, failure: "ambiguous" });
    return { status, body, etag: headers.etag };
  }
  const notBefore = retryAfter(headers);
  const code = isObject && typeof body.code === "string" ? body.code : undefined;
  if (code in WAITS) throw new Wait(`${where}: ${status} ${code}`, { ...WAITS[code], notBefore });
  if (code && status >= 400 && status < 500) throw new Refused(where, status, body);
  if (status === 429) throw new Wait(`${where}: 429`, { known: true, failure: "throttled", notBefore });
  throw new Wait(`${where}: ${status} ${code ?? "without a readable problem"}`, { known: false, failure: "ambiguous", notBefore });
}

function decoded(bytes) {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    return undefined; // not JSON, or not UTF-8: as good as no answer
  }
}

/** When Retry-After allows the next call, in ms since 1970 by our clock; 0 without it. A date is read by the sender's own clock, where it says it. */
export function retryAfter(headers, now = Date.now()) {
  const value = headers["retry-after"];
  if (!value) return 0;
  if (/^\d+$/.test(value)) return now + Number(value) * 1000 + 20;
  const until = Date.parse(value);
  const theirs = Date.parse(headers.date ?? "");
  if (Number.isNaN(until)) return 0;
  // dates have whole seconds: the sender's now may be almost a second later than it says, never earlier
  return Math.max(until, Number.isNaN(theirs) ? 0 : now + until - theirs);
}
