"use strict";
// Texts come from documents that anybody may have written: they are set as text, never as markup (the policy forbids it, too).
const PATH = document.body.dataset.path;
const ORDER = ["approval", "approved", "connector", "posted"];
const KEPT = { posted: 24, stopped: 16 };
const STEP_MS = 450;
const FLIGHT_MS = 380;
const STORY_MAX = 60;
const MARKS = { work: "·", done: "✓", stop: "✕", fault: "⚡", healed: "♥", money: "=", alarm: "!" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const $ = (id) => document.getElementById(id);
const el = (tag, name, ...children) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
};
const post = (what, body) =>
  fetch(`${PATH}/${what}`, { method: "POST", headers: { "content-type": "application/json", "x-dryclose-room": "1" }, body: JSON.stringify(body) });

/* --- cards */
const cards = new Map(); // by transaction: {card, at (column shown), node, timer}
let open = null; // the transaction whose trace is shown

const paint = (entry) => {
  const { card, button } = entry;
  const head = el("span", "head", el("span", "", card.number), el("b", "", card.money));
  const parts = [head, el("span", "title", card.title), el("span", "who", card.posted.length && card.stage === "posted" ? card.posted.join(", ") : card.who)];
  if (card.doubled) parts.push(el("span", "note twice", `booked more than once: ${card.posted.join(", ")}`));
  if (card.note) parts.push(el("span", "note", card.note));
  for (const fault of card.faults) {
    const badge = el("span", fault.healed ? "badge healed" : "badge", fault.label);
    badge.title = fault.healed ? fault.how : fault.story;
    parts.push(badge);
  }
  button.className = card.doubled ? "card wrong" : "card";
  button.replaceChildren(...parts);
  button.setAttribute("aria-expanded", String(open === card.id));
};

// A ghost flies over the columns, which cut off what leaves them.
const fly = (entry, before) => {
  const { node } = entry;
  const after = node.getBoundingClientRect();
  const ghost = node.cloneNode(true);
  ghost.className = "ghost";
  ghost.inert = true;
  ghost.setAttribute("aria-hidden", "true");
  for (const [name, value] of Object.entries({ left: before.left, top: before.top, width: before.width })) ghost.style[name] = `${value}px`;
  document.body.append(ghost);
  const move = `translate(${after.left - before.left}px, ${after.top - before.top}px)`;
  const flight = ghost.animate([{ transform: "none" }, { transform: move }], { duration: FLIGHT_MS, easing: "cubic-bezier(.3,.6,.2,1)" });
  if (entry.ghost) entry.ghost.remove();
  entry.ghost = ghost;
  flight.onfinish = flight.oncancel = () => ghost.remove();
  node.animate([{ opacity: 0 }, { opacity: 0, offset: 0.8 }, { opacity: 1 }], { duration: FLIGHT_MS });
};
const visible = (box) => box.bottom > 0 && box.top < innerHeight;

const place = (entry, stage) => {
  const list = $(`col-${stage}`);
  const before = entry.at ? entry.node.getBoundingClientRect() : null;
  const focused = document.activeElement === entry.button;
  list.prepend(entry.node);
  if (focused) entry.button.focus({ preventScroll: true });
  entry.at = stage;
  if (!calm.matches && document.visibilityState === "visible") {
    if (before && visible(before)) fly(entry, before);
    else entry.node.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 300 });
  }
  for (const surplus of [...list.children].slice(KEPT[stage] || 200)) {
    cards.delete(surplus.dataset.id);
    surplus.remove();
  }
};

// A document passes the connector in a tenth of a second. The eye is given time: one column after the other, each of which it was in.
const advance = (entry) => {
  entry.timer = 0;
  const target = entry.card.stage;
  paint(entry);
  if (entry.at === target) return;
  const from = ORDER.indexOf(entry.at), to = ORDER.indexOf(target);
  const next = from >= 0 && to > from ? ORDER[from + 1] : target;
  place(entry, next);
  if (next !== target) entry.timer = setTimeout(advance, STEP_MS, entry);
};

const show = (card, hurry) => {
  let entry = cards.get(card.id);
  if (!entry) {
    const button = el("button", "card");
    button.type = "button";
    button.addEventListener("click", () => openTrace(card.id, button));
    const node = el("li", "", button);
    node.dataset.id = card.id;
    entry = { node, button, at: null, timer: 0 };
    cards.set(card.id, entry);
  }
  entry.card = card;
  if (!entry.at || hurry || calm.matches || document.visibilityState !== "visible") {
    clearTimeout(entry.timer);
    entry.timer = 0;
    paint(entry);
    if (entry.at !== card.stage) place(entry, card.stage);
  } else if (!entry.timer) {
    advance(entry);
  } else {
    paint(entry);
  }
  if (card.id === open) refreshTrace();
};

/* --- books */
const cell = (text, name) => el("td", name || "", text);
const renderBooks = (books) => {
  $("balances").replaceChildren(...books.balances.map((row) => {
    const zero = (text) => (/[1-9]/.test(text) ? "" : "nil");
    const line = el("tr", "", el("td", "", row.currency), cell(bare(row.approved)), cell(bare(row.posted)),
      cell(bare(row.in_flight), zero(row.in_flight) || "flying"), cell(bare(row.parked), zero(row.parked) || "flying"), cell(bare(row.refused), zero(row.refused)),
      cell(row.agrees ? "✓ agrees" : `✕ ${row.unexplained} unexplained`, row.agrees ? "agrees" : "differs"));
    return line;
  }));
  const count = books.balances.reduce((sum, row) => sum + row.documents, 0);
  $("verdict").className = books.agree ? "verdict" : "verdict bad";
  $("verdict").dataset.agree = String(books.agree);
  $("verdict").replaceChildren(el("b", "", books.agree ? "Totals agree" : "Totals differ"),
    el("span", "", count ? `${count} approved documents, three systems` : "nothing is approved yet"));
  $("sources").replaceChildren(...Object.entries(books.sources).map(([kind, rows]) => sourceLedger(books.headings[kind], rows)));
  $("companies").replaceChildren(...books.companies.map(companyLedger));
};
const bare = (money) => money.slice(money.indexOf(" ") + 1);
const sourceLedger = (heading, rows) => {
  const box = el("div", "ledger", el("h3", "", heading.title, el("span", "", heading.rows)));
  if (!rows.length) { box.append(el("p", "empty", "nothing yet")); return box; }
  box.append(el("table", "", el("tbody", "", ...rows.map((row) =>
    el("tr", "", cell(row.state), cell(String(row.count)), el("td", "", ...row.money.map((sum) => el("span", "sum-of", sum))))))));
  return box;
};
const companyLedger = (company) => {
  const box = el("div", "ledger", el("h3", "", `ERP ${company.company}`, el("span", "", company.name)));
  if (company.accounts.length) {
    const foot = el("tr", "", cell(company.zero ? "✓ sums to zero" : "✕ does not balance", company.zero ? "agrees" : "differs"), cell(bare(company.debit), "amount"), cell(bare(company.credit), "amount"));
    const head = el("tr", "", el("th", "", `Trial balance, ${company.currency}`), el("th", "", "debit"), el("th", "", "credit"));
    box.append(el("table", "", el("thead", "", head),
      el("tbody", "", ...company.accounts.map((row) => el("tr", "", cell(`${row.account} ${row.name}`), cell(bare(row.debit), "amount"), cell(bare(row.credit), "amount")))),
      el("tfoot", "", foot)));
  } else {
    box.append(el("p", "empty", "nothing is posted yet"));
  }
  box.append(el("p", "memo", el("span", "", "open encumbrances ", el("b", "", company.encumbered)), el("span", "", "payables ", el("b", "", company.payables))));
  return box;
};

/* --- story, weather */
const storyLine = (line) => {
  const names = { money: "money-line" };
  const made = el("li", names[line.tone] || line.tone, el("time", "", line.clock), el("i", "", MARKS[line.tone] || "·"), told(line), el("span", "money", line.money));
  return made;
};
const told = (line) => {
  if (!line.txn) return el("p", "", line.text);
  const asks = el("button", "asks", line.text);
  asks.type = "button";
  asks.addEventListener("click", () => openTrace(line.txn, asks));
  return el("p", "", asks);
};
const tellStory = (line) => {
  $("story").prepend(storyLine(line));
  while ($("story").children.length > STORY_MAX) $("story").lastChild.remove();
};

const renderWeather = (weather) => {
  for (const [stage, count] of Object.entries(weather.counts)) $(`count-${stage}`).textContent = count.toLocaleString("en");
  for (const button of document.querySelectorAll("[data-button]")) {
    const state = weather.buttons[button.dataset.button];
    const note = button.querySelector("em");
    if (button.dataset.kind === "switch") {
      button.setAttribute("aria-pressed", String(state));
      note.textContent = button.dataset.button === "surprises" ? (state ? "on" : "off") : state ? "ON · press to end" : "";
    } else {
      button.classList.toggle("waiting", state > 0);
      note.textContent = state > 0 ? (state > 1 ? `${state} on their way` : "on its way") : "";
    }
  }
  const down = weather.windows.length > 0;
  document.querySelector('[data-stage="connector"]').classList.toggle("held", down);
  if (down) {
    const documents = weather.waiting === 1 ? "1 document waits" : `${weather.waiting} documents wait`;
    $("banner").textContent = `${weather.windows.join(", ")}. ${documents} in the connector; nothing may be lost, nothing booked twice.`;
  }
  $("banner").hidden = !down;
};

/* --- trace */
let opener = null, asked = 0, pending = false;
const openTrace = async (id, button) => {
  opener = button;
  open = id;
  for (const entry of cards.values()) entry.button.setAttribute("aria-expanded", String(entry.card.id === id));
  if (await loadTrace(id)) {
    $("trace").hidden = false;
    $("trace-title").focus({ preventScroll: true });
    $("trace").scrollTop = 0;
  }
};
const closeTrace = () => {
  if ($("trace").hidden) return;
  $("trace").hidden = true;
  open = null;
  for (const entry of cards.values()) entry.button.setAttribute("aria-expanded", "false");
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
};
const refreshTrace = () => {
  if (pending) return;
  pending = true;
  setTimeout(() => { pending = false; if (open) loadTrace(open); }, 250);
};
const loadTrace = async (id) => {
  const number = ++asked;
  const answer = await fetch(`${PATH}/transactions/${encodeURIComponent(id)}`).catch(() => null);
  if (number !== asked || open !== id) return false;
  if (!answer || !answer.ok) { open = null; return false; }
  renderTrace(await answer.json());
  return true;
};
const renderTrace = (trace) => {
  $("trace-kind").textContent = `${trace.kind} ${trace.full_number} · ${trace.entity}`;
  $("trace-title").textContent = `${trace.title} · ${trace.money}`;
  $("trace-sub").textContent = trace.note || "";
  const facts = [["written by", trace.who], ["approved by", trace.approver], ["in the ERP", trace.posted.join(", ")], ["correlation id", trace.correlation_id, "mono"],
    ...trace.faults.map((fault) => [fault.label, fault.healed ? `healed: ${fault.how}` : `${fault.story}; not healed yet`])];
  $("trace-facts").replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value, style]) => [el("dt", "", name), el("dd", style || "", value)]));
  $("hops").replaceChildren(...trace.hops.map(renderHop));
  if (trace.left_out) $("hops").append(el("li", "", `${trace.left_out} hops in between are left out`));
};
const gap = (ms) => (ms >= 1000 ? `+${(ms / 1000).toFixed(1)} s` : `+${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`);
const renderHop = (hop) => {
  const people = hop.tone === "" && hop.took_ms === null;
  const took = hop.took_ms === null ? "" : ` · ${hop.took_ms >= 1000 ? (hop.took_ms / 1000).toFixed(1) + " s" : hop.took_ms + " ms"}`;
  const who = hop.tone === "fault" ? el("b", "", hop.text) : el("b", "", hop.to === hop.who || people ? hop.who : `${hop.who} → ${hop.to}`);
  const what = hop.tone === "fault" ? el("div", "what", who) : el("div", "what", who, ` ${hop.text}`);
  const detail = `${hop.detail}${took}`.replace(/^ · /, "");
  return el("li", `${hop.tone}${people ? " people" : ""}`.trim(), el("div", "meta", `${hop.clock}  ${gap(hop.gap_ms)}`), what, detail ? el("div", "detail", detail) : null);
};

/* --- the line to the room */
const state = (name, text) => { $("line").className = `line ${name}`; $("line").querySelector("span").textContent = text; };
const lock = () => { $("live").hidden = true; $("locked").hidden = false; closeTrace(); state("off", "locked"); };
let source = null, over = false;
const listen = () => {
  if (source) source.close();
  source = new EventSource(`${PATH}/events`);
  const on = (kind, handle) => source.addEventListener(kind, (message) => handle(JSON.parse(message.data)));
  source.addEventListener("open", () => state("on", "live"));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) { over ? state("off", "ended") : lock(); }
    else state(over ? "off" : "", over ? "ended" : "reconnecting");
  });
  on("snapshot", (all) => {
    $("locked").hidden = true;
    $("live").hidden = false;
    for (const entry of cards.values()) { clearTimeout(entry.timer); entry.node.remove(); }
    cards.clear();
    for (const card of all.documents) show(card, true);
    $("story").replaceChildren(...all.story.map(storyLine).reverse());
    renderBooks(all.books);
    renderWeather(all.weather);
  });
  on("documents", (changed) => { for (const card of changed) show(card, false); });
  on("story", tellStory);
  on("books", renderBooks);
  on("weather", renderWeather);
  on("end", (end) => {
    over = true;
    $("banner").hidden = true;
    $("ending-facts").replaceChildren(...end.facts.flatMap(([name, value]) => [el("dt", "", name), el("dd", "", value)]));
    $("ending").hidden = false;
    source.close();
    state("off", "ended");
    for (const button of document.querySelectorAll("[data-button]")) button.disabled = true;
  });
};
const enter = async () => {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) {
    history.replaceState(null, "", location.pathname); // out of the address bar and of the history: it is dead in a moment anyway
    await post("session", { code }).catch(() => null);
  }
  listen();
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-button]");
  if (!button) return;
  const wish = { button: button.dataset.button };
  if (button.dataset.kind === "switch") wish.on = button.getAttribute("aria-pressed") !== "true";
  const answer = await post("buttons", wish).catch(() => null);
  if (answer && answer.ok) renderWeather(await answer.json());
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeTrace(); });
$("close").addEventListener("click", closeTrace);
$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
addEventListener("hashchange", () => { if (location.hash.includes("code=")) enter(); });
enter();
