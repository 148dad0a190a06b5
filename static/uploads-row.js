/* One file of the list while it is on its way: its picture, how far it is, and what can be done with it. */

const SHOWN = /^image\/(png|jpeg|gif|webp|avif)$/;

export const language = () => document.documentElement.lang;

export const fill = (words, facts) => words.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");

/* A sentence beside a number, in the form the page's language has for it. */
const kinds = new Intl.PluralRules(language());
export const counted = (forms, count, facts = {}) => fill(forms[kinds.select(count)] ?? forms.other, { count, ...facts });

export function size(bytes) {
  const [unit, one] = bytes >= 1e9 ? ["gigabyte", 1e9] : bytes >= 1e6 ? ["megabyte", 1e6] : ["kilobyte", 1e3];
  return new Intl.NumberFormat(language(), { style: "unit", unit, maximumFractionDigits: 1 }).format(Math.max(bytes / one, 0.1));
}

export const percent = (part) => new Intl.NumberFormat(language(), { style: "percent" }).format(Math.floor(part * 100) / 100);

/* About so long, in words that do not change every second. */
export function duration(seconds) {
  const round = (step) => Math.max(Math.ceil(seconds / step), 1) * step;
  const [unit, count] = seconds < 55 ? ["second", round(seconds < 20 ? 5 : 10)] : seconds < 3300 ? ["minute", Math.ceil(seconds / 60)] : ["hour", Math.ceil(seconds / 3600)];
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

export class Row {
  constructor(list, words, { name, bytes, file, element }) {
    Object.assign(this, { words, name, bytes });
    const fresh = list.querySelector("template").content.firstElementChild.cloneNode(true);
    if (element) element.replaceWith(fresh); else list.append(fresh);
    this.element = fresh;
    this.find("[data-name]").textContent = name;
    this.bar = this.find("progress");
    this.bar.setAttribute("aria-label", fill(words.barLabel, { name }));
    this.find("[data-pause]").setAttribute("aria-label", fill(words.pause, { name }));
    this.find("[data-resume]").setAttribute("aria-label", fill(words.resume, { name }));
    this.find("[data-remove]").setAttribute("aria-label", fill(words.remove, { name }));
    this.picture(file);
  }

  find(selector) { return this.element.querySelector(selector); }

  on(name, act) { this.find(`[data-${name}]`).addEventListener("click", act); }

  picture(file) {
    const place = this.find(".thumb");
    const extension = place.firstElementChild;
    const dot = this.name.lastIndexOf(".");
    extension.textContent = dot > 0 ? this.name.slice(dot + 1, dot + 5).toUpperCase() : "?";
    if (!SHOWN.test(file.type)) return;
    const image = Object.assign(document.createElement("img"), { alt: "", src: URL.createObjectURL(file) });
    image.addEventListener("error", () => { URL.revokeObjectURL(image.src); image.replaceWith(extension); }, { once: true });
    place.replaceChildren(image);
  }

  /* state: waiting going paused offline finishing refused. `more` stands beside it. */
  show(state, { words = "", more = "", part } = {}) {
    this.element.dataset.state = state;
    this.find("[data-words]").textContent = words;
    this.find("[data-more]").textContent = more;
    this.bar.hidden = part === undefined;
    if (part !== undefined) this.bar.value = Math.floor(part * 1000);
  }

  offer({ pause = false, resume = false }) {
    const held = document.activeElement;
    this.find("[data-pause]").hidden = !pause;
    this.find("[data-resume]").hidden = !resume;
    if (held === this.find("[data-pause]") && resume) this.find("[data-resume]").focus();
    if (held === this.find("[data-resume]") && pause) this.find("[data-pause]").focus();
  }

  explain(sentence) {
    const place = this.find(".file__fix");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  /* The server's row takes this one's place; the picture stays, and so does the focus. */
  giveWay(row) {
    giveWay(this.element, row);
    this.element = row;
  }
}

export function giveWay(before, row) {
  const held = before.contains(document.activeElement);
  const image = before.querySelector(".thumb img");
  if (image && !row.querySelector(".thumb img")) row.querySelector(".thumb")?.replaceChildren(image);
  before.replaceWith(row);
  if (held) row.querySelector("button")?.focus();
}
