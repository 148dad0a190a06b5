/* What makes some questions handier where scripts run: one more line or row without a reload, an order by dragging, a colour picked, a
 * secret shown, characters counted. Without this file plain fields and buttons do it all.
 * Every change is told as an "input" of a field, so that it is saved like typing. */

const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Several lines: one more, also when there is more to write than there are lines ("room")

function addLine(lines) {
  const last = lines.lastElementChild, next = last.cloneNode(true);
  const n = lines.children.length + 1, input = next.querySelector("input"), label = next.querySelector("label");
  input.value = "";
  input.removeAttribute("value");
  input.id = label.htmlFor = `${lines.querySelector("input").id}-${n}`;
  label.textContent = fill(lines.parentElement.querySelector("[data-add-line]").dataset.label, { n });
  lines.append(next);
  return input;
}

function listenToLines(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-line]");
    if (!button) return;
    event.preventDefault();
    addLine(button.parentElement.querySelector("[data-lines]")).focus();
  });
  form.addEventListener("room", ({ target, detail }) => {
    const lines = target.querySelector("[data-lines]");
    while (lines && lines.children.length < detail) addLine(lines);
  });
}

// Rows of a table

export function addRow(shell, key) {
  const row = shell.querySelector("template[data-new-row]").content.firstElementChild.cloneNode(true);
  const table = shell.dataset.shell, swap = (text) => text.replace(`${table}.new`, `${table}.${key}`);
  row.dataset.row = key;
  for (const element of row.querySelectorAll("[id], [name], [for], [value]")) {
    for (const name of ["id", "name", "for", "value"]) if (element.hasAttribute(name)) element.setAttribute(name, swap(element.getAttribute(name)));
  }
  const rows = shell.querySelector("[data-rows]");
  rows.append(row);
  number(rows);
  return row;
}

function number(rows) {
  [...rows.children].forEach((row, at) => {
    for (const element of [row, ...row.querySelectorAll("button[aria-label]")]) element.setAttribute("aria-label", element.getAttribute("aria-label").replace(/\d+/, at + 1));
  });
  const button = rows.parentElement.querySelector("[data-add-row]");
  button.hidden = rows.children.length >= Number(button.dataset.most);
}

function listenToRows(form, questionnaire) {
  form.addEventListener("click", (event) => {
    const more = event.target.closest("[data-add-row]"), less = event.target.closest("[data-remove-row]");
    if (more) {
      event.preventDefault();
      const row = addRow(more.closest("[data-shell]"), crypto.randomUUID().replaceAll("-", "").slice(0, 10));
      questionnaire.adopt(row);
      row.querySelector("input:not([type=hidden]), select, textarea").focus();
    }
    const row = less?.closest("[data-row]");
    if (!row || Number(row.querySelector("input[type=hidden]").value)) return; // one the server knows goes by its button
    event.preventDefault();
    const rows = row.parentElement;
    questionnaire.drop(row);
    if (rows.children.length > 1) row.remove();
    number(rows);
    rows.parentElement.querySelector("[data-add-row]").focus();
  });
}

// An order: by arrows, by dragging, or as it stands

function settle(list) { // every place gets its number
  [...list.children].forEach((one, at) => { one.querySelector("[data-part]").value = String(at + 1); });
  const keep = list.parentElement.querySelector("[data-keep-order]");
  if (keep) keep.hidden = true;
  tell(list.querySelector("[data-part]"));
}

function lineUp(list) { // as the numbers say, when they were written from elsewhere
  const place = (one) => Number(one.querySelector("[data-part]").value) || 1000;
  list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
}

function listenToOrder(form) {
  let dragged = null;
  form.addEventListener("click", (event) => {
    const one = event.target.closest("[data-rank]");
    const list = event.target.closest("fieldset")?.querySelector("[data-ranking]");
    if (event.target.closest("[data-keep-order]")) settle(list);
    const up = event.target.closest("[data-up]"), down = event.target.closest("[data-down]");
    if (!one || !(up || down)) return;
    if (up) one.previousElementSibling?.before(one);
    else one.nextElementSibling?.after(one);
    settle(list);
    (up ?? down).focus();
  });
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".rank__grip");
    if (!grip || event.button) return;
    dragged = grip.closest("[data-rank]");
    dragged.classList.add("is-dragged");
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  form.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-rank]");
    if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  });
  for (const end of ["pointerup", "pointercancel"]) form.addEventListener(end, () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    settle(dragged.parentElement);
    dragged = null;
  });
  form.addEventListener("written", ({ target }) => { const list = target.querySelector("[data-ranking]"); if (list) lineUp(list); });
}

// Colours, secrets, counters

function listenToColours(form) {
  const field = (picker) => document.getElementById(picker.dataset.colour);
  form.addEventListener("input", ({ target }) => {
    if (target.dataset.colour) { field(target).value = target.value; tell(field(target)); }
    const picker = target.id && form.querySelector(`[data-colour="${target.id}"]`);
    const digits = /^\s*#?([0-9a-f]{3}|[0-9a-f]{6})\s*$/i.exec(target.value)?.[1].toLowerCase();
    if (picker && digits) picker.value = `#${digits.length === 6 ? digits : [...digits].map((sign) => sign + sign).join("")}`;
  });
}

function listenToSecrets(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const field = document.getElementById(button.dataset.reveal), hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
  });
}

function count(line) {
  const field = document.getElementById(line.dataset.count), n = Number(line.dataset.most) - [...field.value.trim()].length;
  line.textContent = fill(n < 0 ? line.dataset.over : line.dataset.left, { n: Math.abs(n).toLocaleString(document.documentElement.lang) });
  line.classList.toggle("is-over", n < 0);
}

function listenToCounts(form) {
  const lines = [...form.querySelectorAll("[data-count][data-most]")];
  lines.forEach(count);
  for (const event of ["input", "written"]) form.addEventListener(event, () => lines.forEach(count));
}

// Files

function listenToFiles(form) { // uploads.js sends them; rules want to know how many there are
  form.addEventListener("counted", ({ target: list }) => {
    const files = String(list.querySelectorAll("[data-state=done], [data-state=locked]").length);
    if (list.dataset.files === files) return;
    list.dataset.files = files;
    tell(list);
  });
}

/** Make the questions of a form handier; `adopt` a row that came, `drop` one that was only here. */
export function enhance(form, questionnaire) {
  listenToLines(form);
  listenToRows(form, questionnaire);
  listenToOrder(form);
  listenToColours(form);
  listenToSecrets(form);
  listenToCounts(form);
  listenToFiles(form);
}
