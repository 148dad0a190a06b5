/* The rule engine in the browser: the twin of portal/models/definition/rules.py, and equal to it over random questionnaires
 * (tests/models/definition/test_twins.py). A definition is {sections: [{questions: [{key, type, show, required}]}]}, answers
 * are {key: text | [option keys] | null}. An answer of a hidden question counts as empty.
 */

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

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
    seen.set(question.key, Object.hasOwn(answers, question.key) ? answers[question.key] : null);
  }
  return { shown, needed };
}

function holds(rule, seen) {
  const meets = (condition) => meet(condition, seen.get(condition.question) ?? null);
  return rule.any ? rule.any.some(meets) : rule.all.every(meets);
}

function meet({ is, value = "" }, answer) {
  const empty = answer === null || answer.length === 0;
  if (is === "empty") return empty;
  if (empty) return false;
  const list = Array.isArray(answer);
  if (is === "answered") return true;
  if (is === "equals") return list ? answer.length === 1 && answer[0] === value : answer === value || compared(answer, value) === 0;
  if (is === "contains") return list ? answer.includes(value) : answer.toLowerCase().includes(value.toLowerCase());
  const order = list ? null : compared(answer, value);
  return order !== null && (is === "greater" ? order > 0 : order < 0);
}

function compared(one, other) {
  const first = NUMBER.exec(one), second = NUMBER.exec(other);
  if (first && second) {
    const places = Math.max((first[3] ?? "").length, (second[3] ?? "").length);
    const whole = ([, sign, digits, rest = ""]) => BigInt(sign + digits + rest.padEnd(places, "0"));
    return Number(whole(first) > whole(second)) - Number(whole(first) < whole(second));
  }
  return DAY.test(one) && DAY.test(other) ? Number(one > other) - Number(one < other) : null;
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
