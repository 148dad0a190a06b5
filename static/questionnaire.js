/* Questionnaires in the browser: follow-ups open in place, answers save themselves, nothing typed is lost.
 *
 * Without this file everything works too: all follow-ups are shown and "Next section" saves.
 *
 * THE PAGE (without data-save-url it is a preview: follow-ups open, nothing is kept or sent)
 *   <form data-questionnaire data-save-url="/…" data-keep="item id and person id" data-decimal="." or ","
 *         data-rules='{"sections":[{"questions":[{key,type,show,required}]}]}'   (rules.outline(definition))
 *         data-answers='{"key": value}'                                          (stored answers of all sections)
 *         data-text-saved data-text-saving data-text-look data-text-conflict data-text-restored data-text-closed
 *         data-text-waiting data-text-offline data-text-open data-text-signed-out data-text-signed-out-open: not saved yet, kept here or not>
 *   a question:  <div id="…" data-question="key" data-rev="3" [data-unsaved] [data-private]>  its fields, any names  </div>
 *     data-unsaved: the text in the fields is not what is stored (the form came back with an error)
 *     data-private: never kept in localStorage
 *     A field with data-part="street" is a part of the answer and says "street=text"; one with data-aside is only a helper.
 *   a row of a table is a question too, data-question="table key" data-row="row key", rev.key.row; a row the server does not know yet
 *     is there once something was typed into it
 *   <… data-shell="key">: a table, files or a note, shown and hidden as a whole; [data-files="2"] in it counts files
 *     A follow-up may lie inside the question that opens it. <input type="hidden" name="rev.key"> inside is kept up to date;
 *     it also tells the server which questions were on the form (ticking nothing sends nothing).
 *   [data-optional] is hidden while a question is required; [data-without-script] ("If yes:") is hidden by this file.
 *   the live line:  <span class="saved" role="status"><svg…/><span data-saved></span></span>; twins with aria-hidden are
 *     updated as well; .saved gets data-state="saved|saving|waiting|look".
 *   <template data-conflict>  [data-theirs] [data-mine] [data-by] [data-at] and buttons [data-take="theirs|mine|both"]  </template>
 *
 * THE PROTOCOL   POST data-save-url, form-encoded: question, row (of a table), rev (that the text is based on), value (once per value; none
 * = empty); headers X-CSRFToken, Accept: application/json. The form's own POST takes the whole section as well.
 *   200 {question, rev, said}   stored; `said` is the line about it ("Saved 14:32"). Also when the stored value is already this one, whatever the rev (a lost reply).
 *   409 {question, rev, value, by, at, both?}   somebody else saved in between: nothing was overwritten. `value` is a text or
 *       a list as in the fields, `both` may be a ready panel in HTML instead of the template.
 *   422 {question, message}   cannot be stored as it is. Kept here, not said while typing; "Next section" says it.
 *   403, 404, 410 [{message}]   not to be answered any more, sent in the meantime for instance. Said, kept here, not tried again.
 *   A redirect, 400 or 401: signed out; [data-signed-out] is shown then. Anything else, or no reply: tried again after 1, 2, 4 … 30 s and when online again.
 */

import { Question, keptRows, same, ticks } from "./questionnaire-fields.js";
import { sendLeftovers } from "./questionnaire-leftovers.js";
import { watchOthers } from "./questionnaire-presence.js";
import { walk } from "./questionnaire-rules.js";
import { addRow, enhance } from "./questionnaire-widgets.js";

export { required, visible } from "./questionnaire-rules.js";

// ── A section: reveal, save, restore, resolve ────────────────────────────────────────────────────

export class Questionnaire {
  constructor(form, { pause = 800, latest = 2000, first = 1000, longest = 30000 } = {}) {
    Object.assign(this, { form, pause, latest, first, longest, tries: 0, insist: false, running: null, current: null });
    this.rules = JSON.parse(form.dataset.rules || '{"sections":[]}');
    this.answers = JSON.parse(form.dataset.answers || "{}");
    this.ruled = this.rules.sections.flatMap((section) => section.questions ?? []);
    this.types = new Map(this.ruled.map(({ key, type }) => [key, type]));
    this.shells = new Map([...form.querySelectorAll("[data-shell]")].map((shell) => [shell.dataset.shell, shell]));
    this.questions = new Map(); // by name: the key of the question, or "key.row"
    if (form.dataset.saveUrl) this.bringBackRows();
    form.querySelectorAll("[data-question]").forEach((element) => this.adopt(element));
    enhance(form, this);
    form.querySelectorAll("[data-without-script]").forEach((words) => { words.hidden = true; });
    if (form.dataset.saveUrl) this.restore();
    this.connect();
    this.reveal();
    if (form.dataset.saveUrl) this.listen();
    else this.tryOut();
    this.flush().then(() => this.sendLeftovers());
    if (form.dataset.hereUrl) watchOthers(form);
  }

  sendLeftovers() { // text of other sections that never reached the server
    const { saveUrl: url, keep } = this.form.dataset;
    const besides = (name) => this.questions.has(name.replace(" ", "."));
    return url && sendLeftovers({ keep, url, token: this.form.elements.csrf_token?.value ?? "", besides });
  }

  adopt(element) { // a question, or a row of a table, that is on the page from now on
    const question = new Question(this.form, element, this.types.get(element.dataset.question));
    this.questions.set(question.name, question);
  }

  drop(element) { // a row that only this page knew of
    const question = this.of(element);
    question.write([]);
    question.forget();
    question.dirty = false;
    if (element.parentElement.children.length > 1) this.questions.delete(question.name);
    this.reveal();
  }

  of(element) {
    return [...this.questions.values()].find((question) => question.element === element);
  }

  bringBackRows() { // rows typed here that never reached the server
    for (const [key, shell] of this.shells) {
      if (this.types.get(key) !== "table") continue;
      const here = new Set([...shell.querySelectorAll("[data-rows] [data-row]")].map((row) => row.dataset.row));
      keptRows(this.form.dataset.keep, key).filter((row) => !here.has(row)).forEach((row) => addRow(shell, row));
    }
  }

  tryOut() { // a preview, or a page that sends all at once: follow-ups open, nothing is kept; a preview sends nothing either
    this.form.addEventListener("input", () => this.reveal());
    if (this.form.method !== "post") this.form.addEventListener("submit", (event) => event.preventDefault());
  }

  listen() {
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("change", () => this.flush());
    this.form.addEventListener("focusout", () => this.flush());
    const submit = (event) => { if (event.target === this.form) this.submit(event); };
    addEventListener("submit", submit, true); // before the guard against double sends, which would take the first press for the only one
    addEventListener("online", () => { this.tries = 0; this.flush().then(() => this.sendLeftovers()); });
    addEventListener("offline", () => { if (this.unsaved.length) this.say(this.why("waiting"), "waiting"); });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    addEventListener("pagehide", () => this.unsaved.filter((one) => one !== this.current).forEach((one) => this.save(one)));
  }

  get unsaved() {
    const mine = [...this.questions.values()].filter((one) => one.dirty && !one.refused && !one.conflict);
    return mine.sort((one, other) => (one.since ?? 0) - (other.since ?? 0)); // in the order they were typed
  }

  // Follow-ups

  connect() { // aria-controls: from the field that opens a follow-up to the follow-up
    for (const { key, show } of this.ruled) {
      const follow = this.shells.get(key) ?? this.questions.get(key)?.element;
      if (!show || !follow) continue;
      follow.id ||= `follow-up-${key}`;
      for (const { question, is, value } of show.any ?? show.all) {
        const one = is === "equals" || is === "contains";
        const openers = (this.questions.get(question)?.fields ?? []).filter((field) => !(one && ticks(field)) || field.value === value);
        for (const field of openers) {
          const ids = (field.getAttribute("aria-controls") ?? "").split(" ").filter((id) => id && id !== follow.id);
          field.setAttribute("aria-controls", [...ids, follow.id].join(" "));
        }
      }
    }
  }

  reveal() {
    for (const [name, question] of this.questions) if (!question.row) this.answers[name] = question.answer;
    for (const [key, shell] of this.shells) {
      const rows = [...this.questions.values()].filter((question) => question.key === key && question.read().length);
      const files = Number(shell.querySelector("[data-files]")?.dataset.files ?? 0);
      this.answers[key] = this.types.get(key) === "table" ? rows.map(() => ({})) : Array(files).fill("");
    }
    const { shown, needed } = walk(this.rules, this.answers);
    const alone = [...this.questions].filter(([, question]) => !question.row).map(([key, { element }]) => [key, element]);
    for (const [key, element] of [...alone, ...this.shells]) {
      element.hidden = !shown.includes(key);
      for (const mark of element.querySelectorAll("[data-optional]")) {
        if (mark.closest("[data-question], [data-shell]") === element) mark.hidden = needed.includes(key);
      }
    }
  }

  // Saving

  restore() { // text that never reached the server; when the server has moved on since, both are shown
    for (const question of this.questions.values()) {
      const shown = question.read();
      const kept = question.kept();
      question.dirty = question.element.dataset.unsaved !== undefined || !same(shown, question.served);
      if (!kept && question.dirty) question.keep();
      if (!kept) continue;
      if (same(kept.value, shown)) {
        if (!question.dirty) question.forget();
        continue;
      }
      const { rev } = question;
      question.write(kept.value);
      Object.assign(question, { dirty: true, since: kept.at, isKept: true });
      question.setRev(kept.rev);
      if (kept.rev === rev) this.say("restored", "waiting");
      else this.conflicts(question, { rev, value: shown });
    }
  }

  typed(field) {
    const question = this.of(field.closest("[data-question]"));
    if (field.dataset.files !== undefined) this.reveal();
    if (!question?.fields.includes(field)) return;
    Object.assign(question, { dirty: true, refused: false });
    this.insist = false;
    question.keep();
    this.reveal();
    if (!this.tries && !question.conflict) this.say("saving", "saving");
    const waits = Date.now() - Math.min(...this.unsaved.map((one) => one.since ?? Date.now()), Date.now());
    this.soon(this.tries ? this.pause : Math.max(0, Math.min(this.pause, this.latest - waits))); // who types on and on is saved on the way
  }

  soon(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  flush() { // one question at a time, in order; settles when all are saved or nothing goes for now
    clearTimeout(this.timer);
    this.running ??= this.work().finally(() => { this.running = null; });
    return this.running;
  }

  async work() {
    let outcome = "";
    while (this.unsaved.length && (outcome === "" || outcome === "answered")) {
      [this.current] = this.unsaved;
      outcome = await this.save(this.current);
      this.current = null;
    }
    if (outcome === "answered") this.settled();
    else if (outcome) this.later(outcome);
    return outcome;
  }

  settled() {
    this.tries = 0;
    const all = [...this.questions.values()];
    if (this.closed) return;
    if (all.some((one) => one.conflict)) this.say("conflict", "look");
    else if (all.some((one) => one.refused)) this.say("look", "look");
    else this.say("saved", "saved", this.lastSaid);
  }

  why(outcome) { // the line tells where the text is: kept on this device, or only on this page
    const kept = this.unsaved.every((one) => one.isKept);
    if (outcome === "signedOut") return kept ? "signedOut" : "signedOutOpen";
    return kept ? (navigator.onLine ? "waiting" : "offline") : "open";
  }

  later(outcome) {
    this.say(this.why(outcome), "waiting");
    document.querySelectorAll("[data-signed-out]").forEach((way) => { way.hidden = outcome !== "signedOut"; });
    this.soon(Math.min(this.first * 2 ** this.tries++, this.longest));
  }

  async save(question) {
    const value = question.read();
    let reply, told;
    try {
      reply = await this.post(question, value);
      if (reply.type === "opaqueredirect" || [400, 401].includes(reply.status)) return "signedOut";
      if (![200, 403, 404, 409, 410, 422].includes(reply.status)) return "waiting";
      told = reply.status === 404 ? {} : await reply.json();
      this.lastSaid = told.said || this.lastSaid;
    } catch { return "waiting"; }
    if ([403, 404, 410].includes(reply.status)) this.close(question, told.message);
    else if (reply.status === 200) this.stored(question, told.rev, value);
    else if (reply.status === 409) this.conflicts(question, told);
    else question.refused = same(question.read(), value);
    return "answered";
  }

  post(question, value) {
    const row = question.row ? [["row", question.row]] : [];
    const body = new URLSearchParams([["question", question.key], ...row, ["rev", question.rev], ...value.map((one) => ["value", one])]);
    const headers = { "X-CSRFToken": this.form.elements.csrf_token?.value ?? "", Accept: "application/json" };
    const keepalive = body.toString().length < 30000; // so that it survives a closing tab; browsers allow 64 kB
    const signal = AbortSignal.timeout(20000);
    return fetch(this.form.dataset.saveUrl, { method: "POST", body, headers, keepalive, signal, redirect: "manual" });
  }

  stored(question, rev, value) {
    question.setRev(rev);
    question.dirty = !same(question.read(), value);
    question.forget();
    if (question.dirty) question.keep();
  }

  close(question, message) {
    question.refused = true;
    this.closed = true;
    this.say("closed", "look", message);
  }

  async submit(event) { // the form takes the whole section; saves under way come to rest first, or they would meet it
    if (this.insist || (!this.running && !this.unsaved.length)) return;
    event.preventDefault();
    const outcome = await Promise.race([this.flush(), new Promise((done) => setTimeout(done, 4000, "slow"))]);
    this.insist = true; // pressed again it goes through, and the browser says what it can
    if (outcome !== "waiting") this.form.requestSubmit(event.submitter);
  }

  say(text, state, message = "") {
    const words = message || this.form.dataset[`text${text[0].toUpperCase()}${text.slice(1)}`];
    for (const line of words ? document.querySelectorAll("[data-saved]") : []) {
      if (line.textContent !== words) line.textContent = words;
      line.closest(".saved")?.setAttribute("data-state", state);
    }
  }

  // Two texts for one question

  conflicts(question, { rev, value, by = "", at = "", both }) {
    const theirs = [value ?? []].flat().map(String);
    question.conflict = true;
    question.element.querySelector("[data-panel]")?.remove();
    const panel = document.createElement("div");
    panel.dataset.panel = "";
    if (both) panel.innerHTML = both;
    else panel.append(this.compared({ theirs: question.words(theirs), mine: question.words(question.read()), by, at }));
    for (const button of panel.querySelectorAll("[data-take=both]")) button.hidden = !question.type?.endsWith("_text");
    panel.addEventListener("click", (event) => {
      const take = event.target.closest("[data-take]")?.dataset.take;
      if (!take) return;
      event.preventDefault();
      if (take === "theirs") question.write(theirs);
      if (take === "both") question.write([[...theirs, ...question.read()].join(question.type === "long_text" ? "\n\n" : " / ")]);
      this.resolved(question, rev, panel, { dirty: take !== "theirs" });
    });
    question.element.append(panel);
    this.say("conflict", "look");
  }

  compared(words) {
    const copy = document.querySelector("template[data-conflict]").content.cloneNode(true);
    for (const [slot, text] of Object.entries(words)) {
      copy.querySelectorAll(`[data-${slot}]`).forEach((place) => { place.textContent = text; });
    }
    return copy;
  }

  resolved(question, rev, panel, { dirty }) {
    question.setRev(rev);
    Object.assign(question, { conflict: false, dirty });
    if (dirty) question.keep();
    else question.forget();
    question.fields.find((field) => !ticks(field) || field.checked)?.focus();
    panel.remove();
    this.reveal();
    if (dirty) this.flush();
    else this.settled();
  }
}

document.querySelectorAll("form[data-questionnaire]").forEach((form) => new Questionnaire(form));
