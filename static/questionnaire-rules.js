/* The rule engine in the browser: the twin of portal/models/definition/rules.py, and equal to it over random questionnaires
 * (tests/models/definition/test_twins.py). A definition is {sections: [{questions: [{key, type, show, required}]}]}, answers
 * are {key: text | list | parts of an address | null}. An answer of a hidden question counts as empty.
 */

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, TIME = /^[0-9]{2}:[0-9]{2}$/;
const ADDRESS = ["street", "postcode", "town", "region", "country"];
const OTHER = "other=";

/** The keys of the questions to show, in order. */
export const visible = (definition, answers) => walk(definition, answers).shown;
/** The keys of the shown questions that must be answered, in order. */
export const required = (definition, answers) => walk(definition, answers).needed;

export function walk(definition, answers) {
  const seen = new Map(), shown = [], needed = [];
  for (const question of definition.sections.flatMap((section) => section.questions ?? [])) {
    if (question.show && !holds(question.show, seen)) continue;
    shown.push(question.key);
    const must = question.required ?? false;
    if (typeof must === "boolean" ? must : holds(must, seen)) needed.push(question.key);
    seen.set(question.key, plain(question.type, Object.hasOwn(answers, question.key) ? answers[question.key] : null));
  }
  return { shown, needed };
}

/** An answer as rules look at it: text, or the keys of several options. */
export function plain(type, value) {
  const choice = type === "one_choice" || type === "several_choices";
  const option = (text) => (choice && text.startsWith(OTHER) ? OTHER : text);
  if (Array.isArray(value)) {
    const texts = value.filter((one) => typeof one === "string");
    if (type === "table" || type === "file" || texts.length < value.length) return value.length ? String(value.length) : "";
    if (type === "ranking") return texts[0] ?? "";
    return type === "urls" ? texts.join("\n") : texts.map(option);
  }
  if (!value) return "";
  if (typeof value === "object") return ADDRESS.map((part) => value[part]).filter(Boolean).join("\n");
  return type === "agree" ? "yes" : option(value);
}

function holds(rule, seen) {
  const meets = (condition) => meet(condition, seen.get(condition.question) ?? "");
  return rule.any ? rule.any.some(meets) : rule.all.every(meets);
}

function meet({ is, value = "" }, answer) {
  const empty = answer.length === 0;
  if (is === "empty") return empty;
  if (empty) return false;
  const list = Array.isArray(answer);
  if (is === "answered") return true;
  if (is === "equals") return list ? answer.length === 1 && answer[0] === value : answer === value || compared(answer, value) === 0;
  if (is === "contains") return list ? answer.includes(value) : answer.toLowerCase().includes(value.toLowerCase());
  if (list) return false;
  const cut = answer.indexOf("/"); // of a stretch of days: begins after, ends before
  const first = cut < 0 ? answer : answer.slice(0, cut), last = cut < 0 ? "" : answer.slice(cut + 1);
  const order = compared(is === "greater" ? first : last || first, value);
  return order !== null && (is === "greater" ? order > 0 : order < 0);
}

function compared(one, other) {
  const first = NUMBER.exec(one), second = NUMBER.exec(other);
  if (first && second) {
    const places = Math.max((first[3] ?? "").length, (second[3] ?? "").length);
    const whole = ([, sign, digits, rest = ""]) => BigInt(sign + digits + rest.padEnd(places, "0"));
    return Number(whole(first) > whole(second)) - Number(whole(first) < whole(second));
  }
  return [DAY, TIME].some((shape) => shape.test(one) && shape.test(other)) ? Number(one > other) - Number(one < other) : null;
}

/** A typed number as the server would read it: only to open follow-ups before the server has answered. */
export function readNumber(text, decimal) {
  let digits = text.normalize("NFKC").replace(/[\s'’_]/g, "").replace("−", "-");
  const other = decimal === "," ? "." : ",";
  const grouped = /^-?[1-9][0-9]{0,2}([.,])[0-9]{3}(\1[0-9]{3})*$/;
  if (digits.lastIndexOf(other) > digits.lastIndexOf(decimal) && (digits.includes(decimal) || !grouped.test(digits))) decimal = other;
  digits = digits.replaceAll(decimal === "," ? "." : ",", "").replace(",", ".").replace(/^(-?)\./, "$10.");
  return NUMBER.test(digits) ? digits : text;
}
