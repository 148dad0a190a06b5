/* What the upload page says to the portal: small calls with the page's token, and what their answers mean. */

const PATIENCE = 30_000;

/* Why a call did not do what it should: `status` 0 is no answer at all; `message` is a sentence for people where there is one. */
export class NoGood extends Error {
  constructor(status, message = "") {
    super(message);
    this.status = status;
  }

  get signedOut() { return this.status === 401; }

  get passes() { return this.status === 0 || this.status === 429 || this.status >= 500 || (this.status === 413 && !this.message); }
}

/* Any trouble, also the uploader's own, as a NoGood. */
export function noGood(trouble) {
  if (trouble instanceof NoGood) return trouble;
  if (trouble?.cause instanceof NoGood) return trouble.cause;
  return typeof trouble?.status === "number" ? new NoGood(trouble.status, sentence(trouble.body)) : new NoGood(0);
}

const sentence = (text) => (text && text.length < 600 && !/^\s*[<{\d]/.test(text) ? text : "");

export class Line {
  constructor({ field, home, steps }) {
    Object.assign(this, { field, home, steps });
  }

  get headers() {
    return { Accept: "application/json", "X-CSRFToken": this.field.value };
  }

  async ask(url, { method = "GET", body, again = true } = {}) {
    const headers = body === undefined ? this.headers : { ...this.headers, "Content-Type": "application/json" };
    const how = { method, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE), body: body === undefined ? undefined : JSON.stringify(body) };
    let answer;
    try { answer = await fetch(url, how); } catch { throw new NoGood(0); }
    if (answer.type === "opaqueredirect") throw new NoGood(401);
    if (answer.status === 400 && again && await this.renew()) return this.ask(url, { method, body, again: false });
    if (!answer.ok) throw new NoGood(answer.status, sentence(await answer.text()));
    return answer;
  }

  async json(url, how) {
    return (await this.ask(url, how)).json();
  }

  /* A token for the session as it is now, such as after signing in again in another window. */
  async renew() {
    const { token } = await this.json(this.home, { again: false });
    const changed = token !== this.field.value;
    document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
    return changed;
  }

  declare(files, beside) {
    return this.json(this.home, { method: "POST", body: { files, beside, together: true } });
  }

  /* An address for one step, and for the parts after this one, which need not ask then. */
  sign(id, method, n) {
    return this.json(`${this.steps}/${id}/sign`, { method: "POST", body: { method, n } });
  }

  /* Ours want the token; those of a store must not get it. */
  dressed({ url, ours }) {
    const headers = ours ? { ...this.headers, "Content-Type": "application/octet-stream" } : { "Content-Type": "application/octet-stream" };
    return { url: new URL(url, location.href).href, headers };
  }

  complete(id) {
    return this.json(`${this.steps}/${id}/complete`, { method: "POST" });
  }

  giveUp(id) {
    return this.ask(`${this.steps}/${id}`, { method: "DELETE" });
  }

  rowsUrl(word, ids) {
    const url = new URL(this.home, location.href);
    url.pathname += "/rows";
    ids.forEach((id) => url.searchParams.append(word, id));
    return url.href;
  }

  /* How far files are, by their id, and the rows the portal shows for those that are here or were refused; and how the item is.
   * Small ones that wait there are finished first, all together. */
  async rows(ids) {
    const { rows, tag } = await this.json(this.rowsUrl("id", ids), { method: "POST" });
    return { tag, rows: new Map(Object.entries(rows).map(([id, { state, html }]) => [id, { state, row: element(html) }])) };
  }

  /* The new rows of those of these files that have been checked for viruses, by their id. */
  async checked(ids) {
    const { checked } = await this.json(this.rowsUrl("checking", ids));
    return new Map(Object.entries(checked).map(([id, html]) => [id, element(html)]));
  }
}

const element = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild;

/* What tells a file from another one of the same name: its size, when it was changed, and how it begins and ends. */
export async function fingerprint(file) {
  const edge = 65_536;
  const ends = [file.slice(0, edge), file.slice(Math.max(edge, file.size - edge))];
  const bytes = await new Blob([`${file.size}:${file.lastModified}:`, ...ends]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
