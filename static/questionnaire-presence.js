/* Who else is in which section: asked for every 20 seconds while the page is looked at.
 *
 * <form data-here-url="/…">   replies {line, sections: {key: names}}
 * <… data-here-line hidden> takes the sentence about this section, <… data-here="key" hidden> the names in each section. */

const EVERY = 20000;

export function watchOthers(form) {
  const ask = async () => {
    if (document.visibilityState === "hidden") return;
    const reply = await fetch(form.dataset.hereUrl, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
    if (reply?.status === 200) tell(await reply.json());
  };
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}

function tell({ line, sections }) {
  document.querySelectorAll("[data-here-line]").forEach((place) => say(place, line));
  document.querySelectorAll("[data-here]").forEach((place) => say(place, sections[place.dataset.here] ?? ""));
}

function say(place, words) {
  const text = place.querySelector("[data-words]");
  if (text.textContent !== words) text.textContent = words;
  place.hidden = !words;
}
