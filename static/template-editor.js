/* The template editor: what is typed saves itself, parts move without a new page, items and milestones can be dragged.
 *
 * Without this file everything works too: forms save with their button, parts move with theirs.
 *
 * THE PAGE
 *   <div data-template-editor data-text-saving data-text-waiting data-text-look data-text-signed-out data-text-conflict data-text-moved>
 *   <p data-line><span id="line" data-fresh>…</span></p>    the line that says what is saved
 *   <form data-autosave>                                    saved 800 ms after the last key, and before anything else happens
 *   [data-fresh][id]                                        taken anew from the page the server answers with
 *   <form id="moves"> with key, stage, before               the one form of all buttons that move parts
 *   [data-stage="key"] > [data-pieces] > [data-piece="key"] what can be dragged, by its [data-grip]
 *
 * Every answer is the very page a press of the button would lead to, so there is one truth: a redirect means saved, 409 means that
 * somebody else changed it (saving stops until the button is pressed), 422 that something is not right yet.
 */

const root = document.querySelector("[data-template-editor]");
const moves = document.getElementById("moves");
const side = root?.querySelector("form[data-autosave]");
const PAUSE = 800, FIRST = 1000, LONGEST = 30_000;

// ── Taking a page apart ──────────────────────────────────────────────────────────────────────────

/* Puts what is new in an answered page into this one. Folds stay as they are, with what is typed in them; so does the focus. */
function refresh(answered) {
  const here = document.activeElement;
  const named = ["formaction", "href", "id"].find((each) => here?.getAttribute(each));
  const again = named && `${here.tagName}[${named}="${CSS.escape(here.getAttribute(named))}"]`;
  for (const old of document.querySelectorAll("[data-fresh][id]")) {
    const fresh = answered.getElementById(old.id);
    if (!fresh) continue;
    const taken = document.importNode(fresh, true);
    for (const fold of taken.querySelectorAll("details[id]")) {
      const kept = document.getElementById(fold.id);
      if (kept) fold.replaceWith(kept);
    }
    old.replaceWith(taken);
  }
  document.getElementById("flashes")?.append(...[...answered.querySelectorAll("#flashes > *")].map((each) => document.importNode(each, true)));
  makeDraggable();
  if (document.activeElement === here) return;
  const twin = document.contains(here) ? here : again && document.querySelector(again);
  (twin?.disabled ? twin.parentElement.querySelector("button:enabled") : twin)?.focus({ preventScroll: true });
}

/* The line says something else than "saved". */
function tell(state, words) {
  const said = document.getElementById("line");
  said.dataset.state = state;
  said.lastChild.textContent = words;
}

const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
const signedOut = (response) => response.redirected && new URL(response.url).pathname.endsWith("/login");

// ── Saving while somebody types ──────────────────────────────────────────────────────────────────

class Autosave {
  constructor(form) {
    Object.assign(this, { form, saved: false, stopped: false, running: null, tries: 0, sent: this.words(form) });
    for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => {
      if (event.target.form === form) this.soon(kind === "change" ? 150 : PAUSE);
    });
    addEventListener("online", () => { if (this.isDirty) this.now(); });
    addEventListener("pagehide", () => { if (this.isDirty && !this.stopped) this.send({ keepalive: true }); });
  }

  words(form = this.form) {
    const body = new URLSearchParams(new FormData(form));
    for (const name of ["saw", "rev", "csrf_token", ...[...body.keys()].filter((each) => each.startsWith("w:"))]) body.delete(name);
    return String(body);
  }

  get isDirty() { return this.words() !== this.sent; }

  soon(pause) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.now(), pause);
  }

  /* Saves what is not saved; whether everything is, afterwards. */
  async now() {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.stopped) return false;
    if (!this.isDirty) return true;
    this.running = this.once();
    const done = await this.running;
    this.running = null;
    if (done && this.isDirty) this.soon(PAUSE);
    return done;
  }

  send(more = {}) {
    const headers = { "X-Autosave": this.saved ? "again" : "first" };
    const address = this.form.getAttribute("action") || location.href.split("#")[0];
    return fetch(address, { method: "POST", body: new URLSearchParams(new FormData(this.form)), headers, ...more });
  }

  async once() {
    const words = this.words();
    tell("saving", root.dataset.textSaving);
    let response;
    try { response = await this.send(); } catch { return this.later(); }
    if (signedOut(response) || response.status === 400) { tell("look", root.dataset.textSignedOut); return false; }
    if (response.status >= 500) return this.later();
    const answered = await parse(response);
    const theirs = answered.getElementById("side");
    if (response.status === 409) return this.conflict(theirs);
    if (!response.ok || !theirs) { tell("look", root.dataset.textLook); return false; }
    this.tries = 0;
    this.saved = true;
    this.sent = words;
    this.takeMarks(theirs);
    this.form.querySelectorAll(":scope > .error-summary, :scope > .banner").forEach((each) => each.remove());
    refresh(answered);
    return true;
  }

  /* What the form knows of what stands in the draft. */
  takeMarks(theirs) {
    for (const field of theirs.elements) {
      if (field.type !== "hidden" || !(field.name === "saw" || field.name === "rev" || field.name.startsWith("w:"))) continue;
      const own = this.form.elements[field.name];
      if (own) own.value = field.value;
    }
  }

  later() {
    tell("waiting", root.dataset.textWaiting);
    this.soon(Math.min(FIRST * 2 ** this.tries++, LONGEST));
    return false;
  }

  conflict(theirs) {
    this.stopped = true;
    tell("look", root.dataset.textConflict);
    if (!theirs) return false;
    this.takeMarks(theirs);
    const told = [...theirs.querySelectorAll(":scope > .error-summary, :scope > .banner")].map((each) => document.importNode(each, true));
    this.form.prepend(...told);
    this.form.querySelector(".error-summary")?.focus();
    return false;
  }
}

const autosave = side && new Autosave(side);

/* A button pressed or a link followed while something is not saved yet: first save, then go on. */
addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form === side && !side.dataset.going) {
    if (!autosave.running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await autosave.running;
    side.dataset.going = "";
    form.requestSubmit(submitter);
  }
  if (form !== moves || moves.dataset.going !== undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (autosave && !(await autosave.now())) return;
  const address = submitter?.getAttribute("formaction") ?? moves.action;
  const selected = root.querySelector("[aria-current=true]")?.closest("[data-piece], [data-stage]");
  const gone = submitter?.dataset.goes && selected && (selected.dataset.piece ?? selected.dataset.stage) === submitter.dataset.goes;
  if (gone || !/\/parts\/|\/place$/.test(address)) {
    moves.dataset.going = "";
    setTimeout(() => moves.requestSubmit(submitter));  // not while the browser still tells of this one: it would be ignored
    return;
  }
  await post(address, submitter?.dataset.goes);
}, true);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target) return;
  if (!autosave || autosave.stopped || link.getAttribute("href").startsWith("#") || !(autosave.isDirty || autosave.running) || link.dataset.tried) return;
  event.preventDefault();
  if (await autosave.now()) location.assign(link.href);
  else link.dataset.tried = "";                        // pressed once more it leads there all the same
});

/* Does what a button of the outline does, in this page. */
async function post(address, key = "") {
  let response;
  try { response = await fetch(address, { method: "POST", body: new URLSearchParams(new FormData(moves)) }); } catch { return tell("waiting", root.dataset.textWaiting); }
  if (signedOut(response) || response.status === 400) return tell("look", root.dataset.textSignedOut);
  if (!response.ok) return void location.reload();
  refresh(await parse(response));
  keepSelection();
  const moved = key || address.match(/\/parts\/([^/]+)\//)?.[1] || moves.elements.key.value;
  announce(moved);
}

/* The answer shows the whole outline with nothing selected; the part at the side still is. */
function keepSelection() {
  const here = location.pathname;
  for (const link of root.querySelectorAll("#outline a[href]")) {
    if (new URL(link.href).pathname !== here) continue;
    link.setAttribute("aria-current", "true");
    link.closest(".item, .sec__head").classList.add("is-sel");
  }
}

function announce(key) {
  const item = document.getElementById(`p-${key}`);
  const fellows = [...(item?.parentElement.children ?? [])].filter((each) => each.matches("[data-piece], [data-stage]"));
  if (!item || !fellows.includes(item)) return;
  const name = item.querySelector("h2, .item__t")?.textContent ?? "";
  const where = { name, n: fellows.indexOf(item) + 1, count: fellows.length };
  const note = Object.assign(document.createElement("span"), { className: "vh" });
  note.textContent = root.dataset.textMoved.replace(/\{(\w+)\}/g, (_all, word) => where[word]);
  document.getElementById("flashes")?.append(note);
  setTimeout(() => note.remove(), 3000);
}

// ── Dragging ─────────────────────────────────────────────────────────────────────────────────────

let dragged = null;

function makeDraggable() {
  for (const grip of root.querySelectorAll("[data-grip]")) grip.draggable = true;
}

const mark = (element, name) => {
  root.querySelectorAll(".is-before, .is-last").forEach((each) => each.classList.remove("is-before", "is-last"));
  element?.classList.add(name);
};

/* Where it would land: the thing it would stand before, or the end of a list. */
function landing(event) {
  const rows = (list, selector) => [...list.querySelectorAll(selector)].filter((each) => each !== dragged);
  const below = (each) => { const box = each.getBoundingClientRect(); return event.clientY < box.top + box.height / 2; };
  if (dragged.dataset.piece) {
    const stage = event.target.closest?.("[data-stage]");
    return stage && { stage, before: rows(stage, "[data-piece]").find(below) };
  }
  const stages = rows(root, "[data-stage]").filter((each) => each.dataset.stage);
  return { stage: null, before: stages.find(below), last: stages.at(-1) };
}

root?.addEventListener("dragstart", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip) return;
  dragged = grip.closest("[data-piece]") ?? grip.closest("[data-stage]");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.piece ?? dragged.dataset.stage);
  event.dataTransfer.setDragImage(dragged.dataset.piece ? dragged : dragged.firstElementChild, 24, 20);
  requestAnimationFrame(() => dragged?.classList.add("is-dragged"));
});

root?.addEventListener("dragover", (event) => {
  const place = dragged && landing(event);
  if (!place) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  if (place.before) mark(place.before, "is-before");
  else mark(place.stage?.querySelector("[data-pieces]") ?? place.last, "is-last");
});

root?.addEventListener("drop", async (event) => {
  const place = dragged && landing(event);
  if (!place) return;
  event.preventDefault();
  const { key, stage, before } = moves.elements;
  key.value = dragged.dataset.piece ?? dragged.dataset.stage;
  stage.value = place.stage?.dataset.stage ?? "";
  before.value = place.before ? place.before.dataset.piece ?? place.before.dataset.stage : "";
  if (!autosave || await autosave.now()) await post(moves.action, key.value);
});

root?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  mark(null);
});

if (root) makeDraggable();
