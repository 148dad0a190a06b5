/* The review page: "Ask again" opens its panel in place, a ticked reason writes its sentence into the message, and a picture
   opens over the whole screen and leaves the page behind it as it was. */
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

  const box = document.querySelector("[data-look-box]");
  if (box?.showModal) {
    const pictures = [...document.querySelectorAll("[data-look]")];
    const part = (name) => box.querySelector(`[data-look-${name}]`);
    let here = 0;
    const show = (n) => {
      here = (n + pictures.length) % pictures.length;
      const picture = pictures[here];
      part("name").textContent = picture.dataset.look;
      part("where").textContent = pictures.length > 1 ? part("where").dataset.words.replace("{n}", here + 1).replace("{total}", pictures.length) : "";
      part("image").alt = picture.dataset.look;
      part("image").src = picture.href;
    };
    pictures.forEach((picture, n) => picture.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(n);
      box.showModal();
    }));
    box.querySelectorAll("[data-look-step]").forEach((button) => button.addEventListener("click", () => show(here + Number(button.dataset.lookStep))));
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();                        // the page's own keys rest: nobody accepts from in here by a slip
      const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      if (pictures.length > 1 && ["ArrowLeft", "ArrowRight"].includes(event.key)) show(here + (event.key === forward ? 1 : -1));
    });
    box.addEventListener("click", (event) => { if (event.target === box || event.target.matches(".look__stage")) box.close(); });
    box.addEventListener("close", () => { part("image").removeAttribute("src"); pictures[here].focus(); });
  }

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
