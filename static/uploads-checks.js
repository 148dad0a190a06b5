/* Rows that say "being checked for viruses" are looked after until they say how it went: seldom, and only while somebody sees the page. */

import { giveWay } from "./uploads-row.js";

const SOONEST = 4_000;
const SELDOM = 60_000;
const MOST = 50;

export function watchChecks({ list, line, changed }) {
  let pause = SOONEST;
  setTimeout(look, pause);

  async function look() {
    const rows = new Map([...list.querySelectorAll("[data-checking]")].slice(0, MOST).map((row) => [row.dataset.checking, row]));
    pause = rows.size ? Math.min(pause * 1.5, SELDOM) : SOONEST;
    if (rows.size && !document.hidden && navigator.onLine) await ask(rows).catch(() => {});
    setTimeout(look, pause);
  }

  async function ask(rows) {
    const checked = await line.checked([...rows.keys()]);
    for (const [id, row] of checked) giveWay(rows.get(id), row);
    if (!checked.size) return;
    pause = SOONEST;
    changed([...checked.values()]);
  }
}
