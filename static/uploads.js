/* Files that go to the portal while the page stays open: in parts, several at once, with a pause when the line is gone, and on from where
 * they were after a reload or days later. Without this file the plain form does it.
 *
 * THE PAGE   (templates/components/upload.html) <form data-uploads="/items/…/uploads" data-line="/uploads" data-sends="send" data-words='{…}'>
 *   with [data-drop] and buttons to send (of the values data-sends); with data-then the page goes there once all are here. Where a form
 *   has several places for files, data-uploads stands on each, and all that belongs to it lies inside.
 *   <ul data-list>, in [data-files-here], holds a <template> for rows on their way, rows of files that are here, and rows [data-unfinished] of files somebody
 *   began to send: data-incoming, data-name, data-size. [data-count] says how far all are, [data-say] says it aloud now and then,
 *   [data-signed-out] appears when somebody has to sign in again, [data-will-send] while sending waits for the last file.
 *   Rows with a button [data-takes-off], or a form[data-remove-form], can be taken off without a new page.
 *
 * THE STEPS   declare (may they come, and where) → the uploader asks for an address per step and brings the bytes → the portal answers
 *   that it has them, or why not → the list shows the portal's own rows. Files of one part wait there, whole,
 *   until the page asks for the rows of all that have come meanwhile; that finishes them together. "Saved" is said of rows only.
 */

import { AwsS3, Uppy } from "./vendor/uppy-6.3.1/uppy.min.mjs";
import { Line, NoGood, fingerprint, noGood } from "./uploads-line.js";
import { watchChecks } from "./uploads-checks.js";
import { Row, counted, duration, fill, percent } from "./uploads-row.js";

const AT_ONCE = 3;
const SOON = 300;                                       // what arrives meanwhile is asked after, and finished, together
const ROWS_AT_ONCE = 50;
const STALLS = 45_000;
const LONGEST = 30_000;

class Uploads {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.page = place === this.form ? document : place;
    this.words = JSON.parse(place.dataset.words);
    this.line = new Line({ field: this.form.elements.csrf_token, home: place.dataset.uploads, steps: place.dataset.line });
    this.list = this.page.querySelector("[data-list]");
    this.section = this.list.closest("[data-files-here]");
    this.files = new Map();                             // by the id of what is on its way
    this.settling = new Set();
    this.choosing = 0;                                  // how often somebody chose files that are not announced yet
    this.said = 0;
    this.uppy = new Uppy({ autoProceed: false, logger: { debug() {}, warn() {}, error() {} } });
    this.uppy.use(AwsS3, {
      limit: AT_ONCE,
      shouldUseMultipart: (file) => Boolean(file.meta.part),
      getChunkSize: () => this.part,
      generateObjectKey: (file) => file.meta.incoming,
      signRequest: (wanted) => this.sign(wanted),
    });
    this.uppy.on("upload-progress", (file, { bytesUploaded }) => this.progress(this.of(file), bytesUploaded));
    this.uppy.on("upload-success", (file) => this.arrived(this.of(file)));
    this.uppy.on("upload-error", (file, trouble) => this.trouble(this.of(file), noGood(trouble)));
    this.listen();
    watchChecks({ list: this.list, line: this.line, changed: (rows) => this.checked(rows) });
    setInterval(() => this.tick(), 1000);
  }

  of(file) { return file && this.files.get(file.meta.incoming); }

  get going() { return [...this.files.values()].filter((one) => !one.settled); }

  get waiting() { return [...this.list.querySelectorAll("[data-unfinished]")]; }

  get holding() { return this.page === document ? this.waiting : []; }  // a section may be left, and this file sent later

  listen() {
    const area = this.place.querySelector("[data-drop]");
    area.addEventListener("chosen", (event) => { event.preventDefault(); this.add(event.detail); });
    this.list.addEventListener("click", (event) => this.pressed(event));
    this.list.addEventListener("submit", (event) => { this.removed(event); });
    addEventListener("submit", (event) => { if (event.target === this.form) this.submit(event); }, true);
    addEventListener("beforeunload", (event) => { if (this.going.some((one) => !one.paused)) event.preventDefault(); });
    addEventListener("online", () => this.goOn());
    addEventListener("offline", () => this.going.forEach((one) => this.paint(one)));
    addEventListener("focus", () => { if (this.signedOut) this.goOn(); });
    this.page.querySelector("[data-not-yet]")?.addEventListener("click", () => this.sendLater(null));
  }

  // Choosing

  async add(files, row) {
    this.choosing += 1;
    try { await this.announce(files, row); } finally { this.choosing -= 1; }
    if (this.sending) this.ended();
  }

  async announce(files, row) {
    const chosen = [];
    for (const file of files) {
      if (this.going.some((one) => one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified)) continue;
      try { chosen.push({ file, key: crypto.randomUUID(), print: await fingerprint(file) }); } catch { this.say(fill(this.words.unreadable, { name: file.name })); }
    }
    if (!chosen.length) return;
    this.section.hidden = false;
    if (row && chosen[0].file.name !== row.dataset.name) return void this.explainAt(row, fill(this.words.other, { name: row.dataset.name }));
    for (const one of chosen) {
      one.row = new Row(this.list, this.words, { name: one.file.name, bytes: one.file.size, file: one.file });
      one.row.show("waiting", { words: this.words.waiting });
      one.row.on("remove", () => this.remove(one));
      one.row.on("pause", () => this.pause(one, true));
      one.row.on("resume", () => this.pause(one, false));
    }
    this.say(counted(this.words.started, chosen.length));
    await this.declare(chosen);
  }

  async declare(chosen, tries = 0) {
    const list = chosen.filter((one) => !one.settled);
    if (!list.length) return;
    const beside = this.going.map((one) => one.id);
    try {
      const { files } = await this.line.declare(list.map(({ file, key, print }) => ({ key, name: file.name, size: file.size, print })), beside);
      list.forEach((one, at) => this.welcome(one, files[at]));
      this.uppy.upload().catch(() => {});
    } catch (error) {
      const trouble = noGood(error);
      if (trouble.signedOut) this.askToSignIn();
      if (!trouble.passes && !trouble.signedOut) return void list.forEach((one) => this.refuse(one, trouble.message || this.words.broken));
      list.forEach((one) => one.row.show("waiting", { words: navigator.onLine ? this.words.waiting : this.words.offline }));
      await this.wait(tries);
      await this.declare(list, tries + 1);
    }
    this.count();
  }

  welcome(one, answer) {
    if (answer.message) return void this.refuse(one, answer.message);
    const twin = this.files.get(answer.id);
    if (twin && !twin.settled) { one.settled = true; one.row.element.remove(); return; }
    this.list.querySelector(`[data-unfinished][data-incoming="${answer.id}"]`)?.remove();
    Object.assign(one, { id: answer.id, put: answer.put, sent: 0, tries: 0, speed: 0, moved: Date.now(), part: answer.part });
    one.row.element.dataset.incoming = one.id;
    this.files.set(one.id, one);
    if (answer.part) this.part = answer.part;
    if (answer.state === "open") this.bring(one); else this.arrived(one);
  }

  bring(one) {
    const meta = { incoming: one.id, part: one.part, relativePath: one.key };
    one.uppyId = this.uppy.addFile({ name: one.file.name, type: one.file.type, data: one.file, source: "page", meta });
    if (one.part) this.uppy.setFileState(one.uppyId, { s3Multipart: { key: one.id, uploadId: one.id } });
  }

  // On the way

  async sign({ method, key, partNumber }) {
    if (method === "DELETE") throw new NoGood(410);     // giving up is one call of our own
    const one = this.files.get(key);
    const known = method === "PUT" ? (partNumber ? one.ahead?.[partNumber] : one.put) : null;
    if (known && known.until > Date.now() / 1000 + 60) return this.line.dressed(known);
    const told = await this.line.sign(key, method, partNumber);
    if (told.ahead) one.ahead = told.ahead;
    return this.line.dressed(told);
  }

  progress(one, sent) {
    if (!one || one.settled) return;
    const now = Date.now();
    const since = (now - (one.measured ?? now)) / 1000;
    if (since >= 0.5 || !one.measured) {
      const speed = since ? (sent - one.before) / since : 0;
      if (one.measured && speed >= 0) one.speed = one.speed ? one.speed * 0.8 + speed * 0.2 : speed;
      Object.assign(one, { measured: now, before: sent });
    }
    if (sent !== one.sent) one.moved = now;
    Object.assign(one, { sent, tries: 0, started: true });
    this.paint(one);
  }

  paint(one) {
    if (one.settled || !one.row) return;
    const part = one.sent / Math.max(one.file.size, 1);
    const state = one.paused ? "paused" : !navigator.onLine || this.signedOut || one.lost ? "offline" : part >= 1 ? "finishing" : one.started ? "going" : "waiting";
    const left = one.speed > 0 ? (one.file.size - one.sent) / one.speed : 0;
    const more = state === "going" && left > 1 ? fill(this.words.left, { time: duration(left) }) : "";
    const words = state === "going" ? percent(part) : state === "offline" && this.signedOut ? this.words.waiting : this.words[state];
    one.row.show(state, { words, more, part: one.started ? Math.min(part, 1) : undefined });
    one.row.offer({ pause: state === "going" && Boolean(one.part), resume: state === "paused" });
  }

  tick() {
    const now = Date.now();
    for (const one of this.going) {
      const stalls = one.started && !one.paused && navigator.onLine && !one.lost && one.sent < one.file.size && now - one.moved > STALLS;
      if (!stalls || !this.uppy.getFile(one.uppyId)) continue;
      one.moved = now;
      this.uppy.pauseResume(one.uppyId);
      this.uppy.pauseResume(one.uppyId);
    }
    this.count();
  }

  pause(one, yes) {
    if (one.paused === yes || !this.uppy.getFile(one.uppyId)) return;
    Object.assign(one, { paused: yes, speed: 0, measured: null, moved: Date.now() });
    this.uppy.pauseResume(one.uppyId);
    this.paint(one);
    this.say(fill(yes ? this.words.pausedSaid : this.words.resumedSaid, { name: one.file.name }));
  }

  async trouble(one, trouble) {
    if (!one || one.settled) return;
    one.lost = true;
    if (trouble.status === 0 && navigator.onLine && !(await readable(one.file))) return void this.refuse(one, fill(this.words.unreadable, { name: one.file.name }));
    if (trouble.signedOut) { this.askToSignIn(); this.paint(one); return; }
    if (trouble.status === 404 || trouble.status === 412) return void this.complete(one);  // parts are missing, or joined already: finishing tells
    if (trouble.status === 409) { one.why = trouble.message; return void this.settle(one); }  // it may not come any more, unless it is here already
    const resign = trouble.status === 403 || trouble.status === 400;   // an address that grew too old, a token of another session
    if (!trouble.passes && !(resign && one.tries < 3)) return void this.refuse(one, trouble.message || this.words.broken);
    if (trouble.status === 507 && trouble.message) one.row.explain(trouble.message);
    if (resign) { one.put = one.ahead = null; await this.line.renew().catch(() => {}); }
    this.paint(one);
    await this.wait(one.tries++);
    this.again(one);
  }

  again(one) {
    if (one.settled || !one.lost || this.signedOut || !navigator.onLine) return;
    Object.assign(one, { lost: false, measured: null, speed: 0, moved: Date.now() });
    one.row.explain("");
    this.paint(one);
    const known = this.uppy.getFile(one.uppyId);
    if (known?.error) return void this.uppy.retryUpload(one.uppyId).catch(() => {});
    if (one.sent >= one.file.size) return void this.settle(one);
    if (known) this.uppy.removeFile(one.uppyId);        // it takes the file for sent, or goes on with it already
    this.bring(one);
    this.uppy.upload().catch(() => {});
  }

  wait(tries) {
    return new Promise((done) => {
      const timer = setTimeout(go, Math.min(1000 * 2 ** tries, LONGEST));
      const self = this;
      function go() { clearTimeout(timer); removeEventListener("online", go); self.wakers?.delete(go); done(); }
      addEventListener("online", go);
      (this.wakers ??= new Set()).add(go);
    });
  }

  async goOn() {
    if (this.signedOut) {
      try { await this.line.renew(); } catch { return; }
      this.signedOut = false;
      document.querySelector("[data-signed-out]").hidden = true;
    }
    [...(this.wakers ?? [])].forEach((wake) => wake());
    this.going.forEach((one) => { if (one.lost) this.again(one); else this.paint(one); });
  }

  askToSignIn() {
    if (this.signedOut) return;
    this.signedOut = true;
    const note = document.querySelector("[data-signed-out]");
    note.hidden = false;
    this.say(note.textContent.trim());
    note.scrollIntoView({ block: "nearest" });
  }

  // Here, or not

  arrived(one) {
    if (!one || one.settled) return;
    Object.assign(one, { sent: one.file.size, started: true, lost: false });
    this.paint(one);
    this.settle(one);
  }

  settle(one) {
    this.settling.add(one);
    this.settleSoon();
  }

  /* What arrives meanwhile is asked after together; where nothing else is coming, or a call is full, nobody waits. */
  settleSoon() {
    if (this.asking || !this.settling.size) return;
    const full = this.settling.size >= ROWS_AT_ONCE || this.going.every((one) => this.settling.has(one) || one.sent >= one.file.size);
    clearTimeout(this.soon);
    if (full) return void this.settleAll();
    this.soon = setTimeout(() => this.settleAll(), this.since(SOON));
  }

  /* How much is left of a pause that began with the first who waits. */
  since(pause) {
    this.waitsSince ??= Date.now();
    return Math.max(0, this.waitsSince + pause - Date.now());
  }

  /* Asks the portal how far these are; its rows take the place of ours. What is not finished there is finished now, or goes on. */
  async settleAll() {
    const list = [...this.settling].filter((one) => !one.settled).slice(0, ROWS_AT_ONCE);
    this.waitsSince = null;
    if (!list.length) { this.settling.clear(); return; }
    list.forEach((one) => this.settling.delete(one));
    this.asking = true;
    try {
      const { rows, tag } = await this.line.rows(list.map((one) => one.id));
      for (const place of document.querySelectorAll("[data-tag]")) place.innerHTML = tag;
      for (const one of list) {
        const { state, row } = rows.get(one.id) ?? {};
        if (row) this.finish(one, row, state);
        else if (!state || state === "done" || state === "failed") this.refuse(one, this.words.broken);
        else if (state === "open" && one.why) this.refuse(one, one.why);
        else if (state === "open" && one.sent < one.file.size) { one.lost = true; this.wait(one.tries++).then(() => this.again(one)); }
        else this.complete(one);
      }
    } catch (error) {
      const trouble = noGood(error);
      if (trouble.signedOut) this.askToSignIn();
      this.wait(2).then(() => list.forEach((one) => this.settle(one)));
    }
    this.asking = false;
    this.settleSoon();
    this.count();
  }

  /* Also what somebody else is finishing: they may have died over it. */
  async complete(one) {
    try {
      const { state } = await this.line.complete(one.id);
      if (state !== "done") await this.wait(Math.min(one.tries++, 2));
    } catch (error) {
      const trouble = noGood(error);
      if (trouble.status === 409) one.why = trouble.message;
      if (trouble.status === 412 || (trouble.status === 409 && !one.why)) {    // something of it is missing there
        Object.assign(one, { sent: 0, lost: true });
        await this.wait(one.tries++);
        return void this.again(one);
      }
      if (one.why) return void this.settle(one);
      if (trouble.signedOut) this.askToSignIn();
      await this.wait(one.tries++);
    }
    this.settle(one);
  }

  finish(one, row, state) {
    this.end(one);
    one.saved = state === "done";
    if (row.querySelector(".file__note, .file__fix")) one.noted = row;
    one.row.giveWay(row);
    if (!one.saved) { one.refused = true; this.say(row.textContent.replace(/\s+/g, " ").trim()); }
    this.ended();
  }

  checked(rows) {
    this.count();
    const locked = rows.filter((row) => row.dataset.state === "locked");
    this.say(locked.length ? locked.map((row) => row.textContent.replace(/\s+/g, " ").trim()).join(" ") : counted(this.words.checked, rows.length));
  }

  refuse(one, sentence) {
    this.end(one);
    one.refused = this.turnedAway = true;
    one.row.show("refused", { words: this.words.refused });
    one.row.offer({});
    one.row.explain(sentence);
    this.say(sentence);
    this.ended();
  }

  end(one) {
    one.settled = true;
    if (one.uppyId && this.uppy.getFile(one.uppyId)) this.uppy.removeFile(one.uppyId);
  }

  async remove(one) {
    const before = one.row.element.previousElementSibling ?? this.place.querySelector("[data-choose]");
    const open = one.id && !one.settled;
    this.end(one);
    one.row.element.remove();
    (before.matches("li") ? before.querySelector("button") : before)?.focus();
    this.say(fill(this.words.removed, { name: one.file.name }));
    this.files.delete(one.id);
    this.ended();
    if (open) await this.line.giveUp(one.id).catch(() => {});
  }

  // Rows the server made

  pressed(event) {
    const off = event.target.closest("[data-takes-off]");
    if (off) {
      event.preventDefault();
      return void this.takeOff(off.closest("li"), this.form.action, { csrf_token: this.line.field.value, [off.name]: off.value });
    }
    const row = event.target.closest("[data-unfinished], [data-state=failed]");
    if (!row) return;
    if (event.target.closest("[data-choose-again]")) this.chooseFor(row);
    if (event.target.closest("[data-forget]")) this.forget(row);
  }

  chooseFor(row) {
    const picker = Object.assign(document.createElement("input"), { type: "file" });
    picker.addEventListener("change", () => this.add([...picker.files], row));
    picker.click();
  }

  async forget(row) {
    row.remove();
    this.say(fill(this.words.removed, { name: row.dataset.name }));
    this.place.querySelector("[data-choose]").focus();
    this.ended();
    if (row.matches("[data-unfinished]")) await this.line.giveUp(row.dataset.incoming).catch(() => {});
  }

  explainAt(row, sentence) {
    const place = row.querySelector(".file__fix");
    place.textContent = sentence;
    place.hidden = false;
    this.say(sentence);
  }

  /* A file that is here already leaves without a new page, so that the others go on. */
  removed(event) {
    if (!event.target.matches("[data-remove-form]")) return;
    event.preventDefault();
    event.stopPropagation();
    this.takeOff(event.target.closest("li"), event.target.action, Object.fromEntries(new FormData(event.target)));
  }

  async takeOff(row, url, said) {
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams(said), redirect: "follow" });
      if (!answer.ok || new URL(answer.url).pathname !== new URL(this.form.action).pathname) throw new NoGood(answer.status);
      row.remove();
      this.say(fill(this.words.removed, { name: row.dataset.name }));
      this.place.querySelector("[data-choose]").focus();
      this.count();
    } catch { if (!this.going.length) location.reload(); }
  }

  // All of them

  count() {
    const saved = this.list.querySelectorAll("[data-state=done]").length;
    const going = this.going;
    const all = saved + going.length + this.waiting.length;
    const sent = going.reduce((sum, one) => sum + one.sent, 0);
    const total = going.reduce((sum, one) => sum + one.file.size, 0);
    const speed = going.reduce((sum, one) => sum + (one.paused || one.lost ? 0 : one.speed), 0);
    const left = speed > 0 && navigator.onLine ? fill(this.words.left, { time: duration((total - sent) / speed) }) : "";
    const place = this.page.querySelector("[data-count]");
    const asked = Number(place.dataset.asked ?? 0);
    const words = this.howMany(saved, Math.max(all, asked));
    place.textContent = [words, going.length > 1 ? left : ""].filter(Boolean).join(" · ");
    this.section.hidden = !this.list.querySelector("li");
    this.list.dispatchEvent(new CustomEvent("counted", { bubbles: true }));
    const step = total ? Math.floor((4 * sent) / total) : 0;
    if (total > 20e6 && step > this.said && step < 4) { this.said = step; this.say(fill(this.words.progress, { percent: percent(step / 4) })); }
  }

  howMany(saved, all) {
    return all > saved ? counted(this.words.savedOf, all, { saved }) : counted(this.words.saved, saved);
  }

  ended() {
    this.count();
    if (this.going.length || this.choosing) return;
    this.said = 0;
    const files = [...this.files.values()];
    const refused = this.turnedAway || files.some((one) => one.refused);
    this.turnedAway = false;
    const saved = this.list.querySelectorAll("[data-state=done]").length;
    if (files.some((one) => one.saved)) this.say(fill(this.words.allSaved, { words: this.howMany(saved, saved) }));
    const button = this.sending;
    this.sendLater(null);
    files.filter((one) => one.settled).forEach((one) => this.files.delete(one.id));
    const noted = files.find((one) => one.noted)?.noted;
    if (button && noted && this.page.querySelector("[data-noticed]")) this.showNoted(noted);
    else if (button && !refused && !this.holding.length) this.form.requestSubmit(button);
    else if (this.place.dataset.then && !refused && files.some((one) => one.saved)) location.assign(this.place.dataset.then);
  }

  /* What was noticed in a file is read before it leaves: nothing is sent until the button is pressed once more. */
  showNoted(row) {
    const note = this.page.querySelector("[data-noticed]");
    note.hidden = false;
    row.scrollIntoView({ block: "center" });
    this.say(`${note.textContent} ${row.querySelector(".file__note, .file__fix").textContent}`.replace(/\s+/g, " ").trim());
  }

  submit(event) {
    this.page.querySelector("[data-noticed]")?.setAttribute("hidden", "");
    const sends = this.place.dataset.sends.split(" ").includes(event.submitter?.value);
    const underWay = this.going.length || this.choosing;
    const held = sends && (underWay || this.holding.length);
    if (!held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (underWay) return void this.sendLater(event.submitter);
    this.explainAt(this.holding[0], this.words.unfinished);
    this.holding[0].querySelector("button")?.focus();
  }

  sendLater(button) {
    this.sending = button;
    const note = this.page.querySelector("[data-will-send]");
    if (!note) return;
    note.hidden = !button;
    if (button) this.say(note.querySelector("span").textContent);
  }

  say(sentence) {
    this.page.querySelector("[data-say]").textContent = sentence;
  }
}

async function readable(file) {
  try { await file.slice(0, 1).arrayBuffer(); return true; } catch { return false; }
}

if (crypto.subtle) document.querySelectorAll("[data-uploads]").forEach((place) => new Uploads(place));
