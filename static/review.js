/* The review page: "Ask again" opens its panel in place, and a ticked reason writes its sentence into the message. */
(() => {
  "use strict";

  for (const opener of document.querySelectorAll("[data-unfolds]")) {
    const panel = document.getElementById(opener.dataset.unfolds);
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      panel.hidden = !panel.hidden;
      opener.setAttribute("aria-expanded", String(!panel.hidden));
      if (!panel.hidden) panel.querySelector("input:not([type=hidden]), textarea")?.focus();
    });
    opener.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); opener.click(); }
    });
  }

  const rows = document.querySelector(".queue");      // on a phone the queue is one line: show where we are in it
  const current = rows?.querySelector("[aria-current]");
  if (current && rows.scrollWidth > rows.clientWidth) rows.scrollLeft += current.getBoundingClientRect().x - rows.getBoundingClientRect().x - 16;

  for (const tick of document.querySelectorAll("[data-fills]")) {
    const field = document.getElementById(tick.dataset.fills);
    if (tick.checked && !field.value.includes(tick.dataset.text)) field.value = [tick.dataset.text, field.value.trim()].filter(Boolean).join(" ");
    tick.removeAttribute("name");                     // the sentence stands in the message now; the server need not add it
    tick.addEventListener("change", () => {
      const without = field.value.replace(tick.dataset.text, "").replace(/ {2,}/g, " ").trim();
      field.value = tick.checked ? [without, tick.dataset.text].filter(Boolean).join(" ") : without;
    });
  }
})();
