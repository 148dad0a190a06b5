/* The fields of one question, read and written alike whether they are boxes, circles or text. See questionnaire.js. */

import { readNumber } from "./questionnaire-rules.js";

export const ticks = (field) => field.type === "radio" || field.type === "checkbox";
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function now(field) {
  return ticks(field) && !field.checked ? "" : field.value;
}

function atFirst(field) { // what the server put there, whatever the browser has restored since
  if (ticks(field)) return field.defaultChecked ? field.value : "";
  if (field.options) return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
  return field.defaultValue;
}

function attempt(work) { // storage may be full, forbidden or hold nonsense: then we do without
  try { return work(); } catch { return null; }
}

/** One question on the page: its fields, what they say, and the copy kept in this browser until the server has it. */
export class Question {
  constructor(form, element, type) {
    Object.assign(this, { form, element, type, key: element.dataset.question, dirty: false, refused: false, conflict: false });
    this.slot = `courtside:${form.dataset.keep}:${this.key}`;
    this.served = this.read(atFirst);
    this.setRev(Number(element.dataset.rev || 0));
  }

  get fields() {
    const own = (field) => !/^(hidden|file|submit|button)$/.test(field.type) && field.closest("[data-question], [data-panel]") === this.element;
    return [...this.element.querySelectorAll("input, textarea, select")].filter(own);
  }

  read(look = now) {
    return this.fields.map(look).filter((value) => value !== "");
  }

  write(values) {
    for (const field of this.fields) {
      if (ticks(field)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
  }

  setRev(rev) {
    this.rev = rev;
    const hidden = this.element.querySelector(`input[type=hidden][name="rev.${this.key}"]`);
    if (hidden) hidden.value = String(rev);
  }

  get answer() { // as the rules want it
    const values = this.read();
    if (this.type === "several_choices") return values;
    const text = (values[0] ?? "").trim();
    return this.type === "number" ? readNumber(text, this.form.dataset.decimal || ".") : text;
  }

  words(values) { // as people read it: the labels of choices, else the text itself
    const label = (value) => this.fields.find((field) => ticks(field) && field.value === value)?.labels?.[0]?.textContent.trim();
    return values.map((value) => label(value) ?? value).join(", ");
  }

  keep() {
    if (this.element.dataset.private !== undefined) return;
    attempt(() => localStorage.setItem(this.slot, JSON.stringify({ value: this.read(), rev: this.rev })));
  }

  kept() {
    const kept = attempt(() => JSON.parse(localStorage.getItem(this.slot)));
    return Array.isArray(kept?.value) ? kept : null;
  }

  forget() {
    attempt(() => localStorage.removeItem(this.slot));
  }
}
