/* Text of other sections that never reached the server: a tab was killed, a device was offline. It is sent from whichever page of the
 * same questionnaire is opened next, in the order it was typed. Nothing is overwritten: what somebody else has changed since, or what
 * cannot be stored as it is, stays kept until its own section is opened.
 *
 * Where answers are listed, <template data-unsaved> (with a link) is put before each [data-answer="key"][data-mend="address"] of which
 * something is kept here only.
 *
 * <element data-leftovers="item id and person id" data-save-url data-csrf [data-reload]>   data-reload: show the page anew when some arrived */

const attempt = (work) => { try { return work(); } catch { return null; } };

export function leftovers(keep, besides = () => false) { // what is kept, the oldest first
  const start = `courtside:${keep}:`;
  const slots = attempt(() => Object.keys(localStorage).filter((slot) => slot.startsWith(start))) ?? [];
  const read = (slot) => ({ slot, name: slot.slice(start.length), ...attempt(() => JSON.parse(localStorage.getItem(slot))) });
  return slots.map(read).filter((one) => Array.isArray(one.value) && !besides(one.name)).sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

export async function sendLeftovers({ keep, url, token, besides }) { // how many arrived
  let arrived = 0;
  for (const { slot, name, value, rev } of leftovers(keep, besides)) {
    const [key, row] = name.split(" ");
    const spot = row ? [["question", key], ["row", row]] : [["question", key]];
    const body = new URLSearchParams([...spot, ["rev", rev ?? 0], ...value.map((one) => ["value", one])]);
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const reply = await fetch(url, { method: "POST", body, headers, redirect: "manual" }).catch(() => null);
    if (!reply?.status || reply.status >= 500 || [400, 401].includes(reply.status)) return arrived;
    if (reply.status !== 200) continue;
    attempt(() => localStorage.removeItem(slot));
    arrived += 1;
  }
  return arrived;
}

function tell(keep) { // at each answer, what is kept here only
  const words = document.querySelector("template[data-unsaved]");
  for (const key of words ? new Set(leftovers(keep).map(({ name }) => name.split(" ")[0])) : []) {
    const answer = document.querySelector(`[data-answer="${CSS.escape(key)}"]:not([data-told])`);
    answer?.querySelector(".faint")?.remove();            // it is not true that nothing was answered
    answer?.prepend(words.content.cloneNode(true));
    answer?.querySelector("a").setAttribute("href", answer.dataset.mend);
    answer?.setAttribute("data-told", "");
  }
}

for (const place of document.querySelectorAll("[data-leftovers]")) {
  const { leftovers: keep, saveUrl: url, csrf: token } = place.dataset;
  const send = async () => { if (await sendLeftovers({ keep, url, token })) location.reload(); else tell(keep); };
  addEventListener("online", send);
  send();
}
