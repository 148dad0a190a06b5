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
    const sights = [...document.querySelectorAll("[data-look]")];
    const leaves = sights.flatMap((sight) => {        // every page of every file, in the order in which they are turned
      const pages = Number(sight.dataset.lookPages ?? 1);
      const at = (page) => `${sight.dataset.lookSrc}${page > 1 ? `&page=${page}` : ""}`;
      return Array.from({ length: pages }, (_, n) => ({ sight, page: n + 1, pages, src: at(n + 1) }));
    });
    const part = (name) => box.querySelector(`[data-look-${name}]`);
    const say = (words, n, total) => words.replace("{n}", n).replace("{total}", total);
    let here = 0, asked = 0;
    const wait = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });
    const bring = async (leaf, mine) => {             // what is still being made is asked for again, ever more seldom
      for (let pause = 1; pause < 30 && mine === asked && box.open; pause *= 1.5) {
        const answer = await fetch(leaf.src, { method: "HEAD" }).catch(() => null);
        if (mine !== asked) return;
        if (answer?.status === 200) { part("image").src = leaf.src; part("image").hidden = false; part("coming").hidden = true; return; }
        part("coming").hidden = false;
        if (answer && answer.status !== 202) return;
        await wait(pause);
      }
    };
    const show = (n) => {
      here = (n + leaves.length) % leaves.length;
      const leaf = leaves[here];
      const where = part("where");
      part("name").textContent = leaf.sight.dataset.look;
      where.textContent = leaf.pages > 1 ? say(where.dataset.pageWords, leaf.page, leaf.pages)
        : leaves.length > 1 ? say(where.dataset.words, sights.indexOf(leaf.sight) + 1, sights.length) : "";
      part("image").alt = `${leaf.sight.dataset.look} ${where.textContent}`.trim();
      part("image").hidden = true;
      part("image").removeAttribute("src");
      part("coming").hidden = true;
      bring(leaf, ++asked);
      const next = leaves[here + 1];                  // the next one is fetched, or begun, while this one is read
      if (next) new Image().src = next.src;
    };
    const turn = (by) => { if (leaves.length > 1) show(here + by); };
    const forward = () => (document.documentElement.dir === "rtl" ? -1 : 1);
    part("turns").hidden = leaves.length < 2;
    sights.forEach((sight) => sight.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      box.showModal();
      show(leaves.findIndex((leaf) => leaf.sight === sight));
    }));
    box.querySelectorAll("[data-look-step]").forEach((button) => button.addEventListener("click", () => turn(Number(button.dataset.lookStep))));
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();                        // the page's own keys rest: nobody accepts from in here by a slip
      if (event.key === "ArrowRight") turn(forward());
      if (event.key === "ArrowLeft") turn(-forward());
      if (event.key === "PageDown") { event.preventDefault(); turn(1); }
      if (event.key === "PageUp") { event.preventDefault(); turn(-1); }
    });
    let from = null, swiped = false;                  // a finger that wipes sideways turns, one that only presses closes
    const stage = box.querySelector(".look__stage");
    stage.addEventListener("touchstart", (event) => { from = event.touches.length === 1 ? event.touches[0] : null; swiped = false; }, { passive: true });
    stage.addEventListener("touchend", (event) => {
      const to = event.changedTouches[0];
      const [x, y] = from ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0];
      if (Math.abs(x) > 48 && Math.abs(x) > 2 * Math.abs(y)) { swiped = true; turn(x < 0 ? forward() : -forward()); }
      from = null;
    }, { passive: true });
    box.addEventListener("click", (event) => { if (!swiped && (event.target === box || event.target.matches(".look__stage, .look__stage img"))) box.close(); swiped = false; });
    box.addEventListener("close", () => { asked += 1; part("image").removeAttribute("src"); leaves[here].sight.focus(); });
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
