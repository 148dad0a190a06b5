/* The fields of one question, read and written alike whether they are boxes, circles, text, or the named parts of one answer: those
 * say "part=text". See questionnaire.js. */

import { readNumber } from "./questionnaire-rules.js";

export const ticks = (field) => field.type === "radio" || field.type === "checkbox";
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const OTHER = "other=";
const partOf = (text) => text.slice(0, text.indexOf("=") + 1);

function named(field, text) { // a part of an answer tells which it is
  return text.trim() && field.dataset.part ? `${field.dataset.part}=${text}` : text;
}

function now(field) {
  return ticks(field) && !field.checked ? "" : named(field, field.value);
}

function atFirst(field) { // what the server put there, whatever the browser has restored since
  if (ticks(field)) return field.defaultChecked ? named(field, field.value) : "";
  const text = field.options ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "" : field.defaultValue;
  return named(field, text);
}

function attempt(work) { // storage may be full, forbidden or hold nonsense: then we do without
  try { return work(); } catch { return null; }
}

/** The keys of what this browser kept for rows of a table: rows that may not be on the page yet. */
export function keptRows(keep, table) {
  const start = `courtside:${keep}:${table} `;
  return attempt(() => Object.keys(localStorage).filter((slot) => slot.startsWith(start)).map((slot) => slot.slice(start.length))) ?? [];
}

/** One question on the page, or one row of a table: its fields, what they say, and the copy kept in this browser until the server has it. */
export class Question {
  constructor(form, element, type) {
    const { question: key, row = "" } = element.dataset;
    Object.assign(this, { form, element, type, key, row, name: row ? `${key}.${row}` : key, dirty: false, refused: false, conflict: false });
    this.slot = `courtside:${form.dataset.keep}:${key}${row && ` ${row}`}`;
    this.served = this.read(atFirst);
    this.setRev(Number(element.dataset.rev || 0));
  }

  get fields() {
    const own = (field) => !/^(hidden|file|submit|button)$/.test(field.type) && field.dataset.aside === undefined &&
      field.closest("[data-question], [data-panel]") === this.element;
    return [...this.element.querySelectorAll("input, textarea, select")].filter(own);
  }

  read(look = now) {
    return this.fields.map(look).filter((value) => value !== "");
  }

  write(values) {
    const plain = values.filter((value) => !this.fields.some((field) => field.dataset.part && value.startsWith(`${field.dataset.part}=`)));
    this.element.dispatchEvent(new CustomEvent("room", { bubbles: true, detail: plain.length })); // several lines may be needed: see questionnaire-widgets.js
    const lines = [...plain];
    for (const field of this.fields) {
      const { part } = field.dataset;
      if (ticks(field)) field.checked = values.includes(named(field, field.value));
      else if (part) field.value = values.find((value) => value.startsWith(`${part}=`) && value !== `${part}=`)?.slice(part.length + 1) ?? "";
      else field.value = lines.shift() ?? "";
    }
    this.element.dispatchEvent(new CustomEvent("written", { bubbles: true }));
  }

  setRev(rev) {
    this.rev = rev;
    const hidden = this.element.querySelector(`input[type=hidden][name="rev.${this.name}"]`);
    if (hidden) hidden.value = String(rev);
  }

  get answer() { // as the rules want it
    const values = this.read(), parts = this.parts(values);
    const number = (text) => readNumber(text.trim(), this.form.dataset.decimal || ".");
    switch (this.type) {
      case "several_choices": return this.own(values);
      case "one_choice": return this.own(values)[0] ?? "";
      case "urls": return values;
      case "address": return parts;
      case "date_range": return parts.from && parts.to ? `${parts.from}/${parts.to}` : "";
      case "ranking": return Object.keys(parts).sort((one, other) => parts[one] - parts[other]);
      case "secret": return parts.text || this.element.dataset.sealed !== undefined ? "sealed" : "";
      case "number": return number(values[0] ?? "");
      case "money": return number((values[0] ?? "").replace(/\p{Sc}|^\s*\p{L}{1,4}\.?\s*|\s*\p{L}{1,4}\.?\s*$/gu, ""));
      default: return (values[0] ?? "").trim();
    }
  }

  own(values) { // the client's own words beside the options count once, and only when nothing else is chosen where one may be
    const text = values.find((value) => value.startsWith(OTHER) && value !== OTHER);
    const ticked = values.filter((value) => !value.startsWith(OTHER));
    const wants = values.includes(OTHER) || (text && (this.type === "several_choices" || !ticked.length));
    return wants ? [...ticked, text ?? OTHER] : ticked;
  }

  parts(values) {
    return Object.fromEntries(values.filter((value) => value.includes("=")).map((value) => [partOf(value).slice(0, -1), value.slice(partOf(value).length)]));
  }

  words(values) { // as people read it: the labels of choices, parts without their names, else the text itself
    if (this.element.dataset.private !== undefined) return "••••••••";
    const label = (value) => this.fields.find((field) => ticks(field) && field.value === value)?.labels?.[0]?.textContent.trim();
    const bare = (value) => (this.fields.some((field) => field.dataset.part && value.startsWith(`${field.dataset.part}=`)) ? value.slice(partOf(value).length) : value);
    return values.map((value) => label(value) ?? bare(value)).filter(Boolean).join(", ");
  }

  keep() { // secrets never; of others it is known whether this browser took them
    this.since ??= Date.now();
    const kept = JSON.stringify({ value: this.read(), rev: this.rev, at: this.since });
    this.isKept = this.element.dataset.private === undefined && attempt(() => { localStorage.setItem(this.slot, kept); return true; }) === true;
  }

  kept() {
    const kept = attempt(() => JSON.parse(localStorage.getItem(this.slot)));
    return Array.isArray(kept?.value) ? kept : null;
  }

  forget() {
    this.since = undefined;
    attempt(() => localStorage.removeItem(this.slot));
  }
}
