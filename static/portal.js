/* What every page may use. Each part is a small function that looks for its own mark in the page; without scripts all of it
   still works, only less smoothly. No inline code, no eval, nothing leaves the page's own origin. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const memory = {                                     // a browser may refuse storage: then nothing is remembered
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } },
  };

  /* One press, one sending. The server catches doubles too; this only spares people the wait. */
  function guardAgainstDoubleSending() {
    const sending = new Map();
    const release = (form) => {
      clearTimeout(sending.get(form));
      sending.delete(form);
      all("[aria-disabled=true][data-pressed]", form).forEach((button) => {
        button.removeAttribute("aria-disabled");
        button.removeAttribute("data-pressed");
      });
    };
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || event.defaultPrevented) return;
      if (sending.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
      const usual = form.enctype === "multipart/form-data" ? 600_000 : 10_000;
      const patience = form.dataset.handsFile === undefined ? usual : 1000; // a file comes and the page stays
      sending.set(form, setTimeout(release, patience, form));
      if (event.submitter) {
        event.submitter.setAttribute("aria-disabled", "true");
        event.submitter.setAttribute("data-pressed", "");
      }
    }, true);
    document.addEventListener("htmx:finally:request", () => [...sending.keys()].forEach(release));
    addEventListener("pageshow", () => [...sending.keys()].forEach(release));
  }

  /* A form that came back with an error stays in the history as a page to open, not as a sending to repeat: Back asks nothing. */
  function leaveNothingToResend() {
    const place = document.documentElement.dataset.answers;
    const before = document.referrer.startsWith(`${location.origin}/`) ? document.referrer : location.href;
    if (place) history.replaceState(history.state, "", place === "here" ? location.href : before);
  }

  /* The sign-in page remembers the last address on this device: <input type="email" data-remember="email">. */
  function rememberAddress() {
    for (const input of all("[data-remember]")) {
      const key = `remember:${input.dataset.remember}`;
      if (!input.value) input.value = memory.get(key) ?? "";
      input.form?.addEventListener("submit", () => memory.set(key, input.value.trim()));
    }
  }

  /* <button data-copy="text" data-copied="Copied"><span data-copy-text>Copy</span></button> */
  function copyOnPress() {
    document.addEventListener("click", async (event) => {
      const button = event.target.closest("[data-copy]");
      if (!button) return;
      const words = button.querySelector("[data-copy-text]") ?? button;
      const before = button.dataset.before ?? (button.dataset.before = words.textContent);
      try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
      words.textContent = button.dataset.copied;
      say(button.dataset.copied);
      setTimeout(() => { words.textContent = before; }, 2500);
    });
  }

  /* Says a word to screen readers through the page's live region, without showing it. */
  function say(text) {
    const note = Object.assign(document.createElement("span"), { className: "vh", textContent: text });
    document.getElementById("flashes")?.append(note);
    setTimeout(() => note.remove(), 3000);
  }

  /* After a failed form the summary has the focus; its links put it into the field. */
  function leadToErrors() {
    const focusSummary = (root) => root.querySelector("[data-error-summary]")?.focus();
    focusSummary(document);
    document.addEventListener("htmx:after:swap", (event) => focusSummary(event.target));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-error-summary] a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const control = field.matches("input, select, textarea, button, a") ? field : field.querySelector("input, select, textarea");
      (field.closest(".field, .choices") ?? field).scrollIntoView({ block: "start" });
      (control ?? field).focus({ preventScroll: true });
    });
    document.addEventListener("change", (event) => {   // what was not chosen is chosen now: it is wrong no longer
      const wrong = event.target.matches("[type=radio], [type=checkbox], select") && event.target.closest(".is-wrong");
      if (!wrong) return;
      wrong.classList.remove("is-wrong");
      wrong.querySelector(":scope > .error")?.remove();
      [wrong, ...all("[aria-invalid]", wrong)].forEach((each) => each.removeAttribute("aria-invalid"));
    });
  }

  /* Toasts go after ten seconds, unless somebody points at them or stands in them. */
  function letToastsGo() {
    const region = document.getElementById("flashes");
    if (!region) return;
    const start = (toast) => {
      let timer;
      const wait = () => { timer = setTimeout(() => toast.remove(), 10_000); };
      const hold = () => clearTimeout(timer);
      const goOn = () => { hold(); if (!toast.matches(":hover, :focus-within")) wait(); };
      toast.addEventListener("mouseenter", hold);
      toast.addEventListener("focusin", hold);
      toast.addEventListener("mouseleave", goOn);
      toast.addEventListener("focusout", () => setTimeout(goOn));
      wait();
    };
    const there = all("[data-toast]", region);
    there.forEach(start);
    if (there.length) setTimeout(() => region.append(...there), 150);   // a live region speaks only of what changes
    new MutationObserver((changes) => {
      changes.flatMap((change) => [...change.addedNodes])
        .filter((node) => node.matches?.("[data-toast]") && !there.includes(node)).forEach(start);
    }).observe(region, { childList: true });
    document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove());
  }

  /* What questionnaires keep in this browser until the server has it goes when it was sent (<… data-forget="item id">) and on signing out. */
  function forgetKeptText() {
    const forget = (start) => {
      try { Object.keys(localStorage).filter((key) => key.startsWith(start)).forEach((key) => localStorage.removeItem(key)); } catch { /* none kept */ }
    };
    all("[data-forget]").forEach((place) => forget(`courtside:${place.dataset.forget} `));
    document.addEventListener("submit", (event) => { if (event.target.matches("[data-signs-out]")) forget("courtside:"); });
  }

  /* <button data-print hidden>: what the browser's own menu does too. */
  function printOnPress() {
    all("[data-print]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => print());
    });
  }

  /* Menus made of <details data-menu> close on Escape and on a press elsewhere. */
  function closeMenus() {
    document.addEventListener("click", (event) => {
      for (const menu of all("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of all("details[data-menu][open]")) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }

  /* File inputs of components/form.html drop(): a real button, one for the camera, a place to drop, and the list of what will be sent. */
  function showChosenFiles() {
    all("[data-drop]").forEach((area) => {
      const input = area.querySelector("input[type=file]");
      const button = area.querySelector("[data-choose]");
      const list = document.querySelector(`[data-chosen="${input.id}"]`);
      const label = input.labels[0];
      button.id = input.id;                            // the label and the error summary now lead to the button
      if (label) {                                     // … which is called what people read on it, and what it is about
        label.id ||= `${button.id}-label`;
        button.setAttribute("aria-labelledby", `${button.id} ${label.id}`);
      }
      input.id += "-input";
      input.classList.add("is-behind");
      input.tabIndex = -1;
      input.setAttribute("aria-hidden", "true");
      const described = input.getAttribute("aria-describedby");
      if (described) button.setAttribute("aria-describedby", described);
      button.addEventListener("click", () => input.click());
      let chosen = [];
      const keep = (files) => {                        // a script that sends files itself takes them here
        if (!area.dispatchEvent(new CustomEvent("chosen", { detail: files, cancelable: true }))) { input.value = ""; return; }
        const known = (file) => chosen.some((old) => old.name === file.name && old.size === file.size && old.lastModified === file.lastModified);
        chosen = input.multiple ? [...chosen, ...files.filter((file) => !known(file))] : files.slice(0, 1);
        show();
      };
      const show = () => {
        const bag = new DataTransfer();
        chosen.forEach((file) => bag.items.add(file));
        input.files = bag.files;
        list.replaceChildren(...chosen.map((file) => row(file, list, () => { chosen = chosen.filter((other) => other !== file); show(); button.focus(); })));
        list.hidden = chosen.length === 0;
      };
      input.addEventListener("change", () => keep([...input.files]));
      area.querySelector("[data-camera]")?.addEventListener("click", () => {
        const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
        camera.addEventListener("change", () => keep([...camera.files]));
        camera.click();
      });
      for (const name of ["dragenter", "dragover"]) area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("is-over"); });
      for (const name of ["dragleave", "drop"]) area.addEventListener(name, () => area.classList.remove("is-over"));
      area.addEventListener("drop", (event) => { event.preventDefault(); keep([...event.dataTransfer.files]); });
    });
  }

  function row(file, list, remove) {
    const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
    const item = make("li", "file");
    const picture = make("span", "thumb");
    const dot = file.name.lastIndexOf(".");
    const extension = make("span", "thumb__ext", dot > 0 ? file.name.slice(dot + 1, dot + 5).toUpperCase() : "…");
    if (/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) {
      const image = make("img");
      image.alt = "";
      image.src = URL.createObjectURL(file);
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      image.addEventListener("error", () => image.replaceWith(extension), { once: true });
      picture.append(image);
    } else picture.append(extension);
    const words = make("div");
    const state = make("p", "file__state");
    state.append(make("span", "", list.dataset.waiting), make("span", "num", size(file.size)));
    words.append(make("p", "file__name", file.name), state);
    const button = make("button", "btn btn--quiet btn--icon");
    button.type = "button";
    button.setAttribute("aria-label", list.dataset.remove.replace("{name}", file.name));
    button.append(symbol("x"));
    button.addEventListener("click", remove);
    item.append(picture, words, button);
    return item;
  }

  function size(bytes) {
    const unit = bytes >= 1e6 ? ["megabyte", 1e6] : ["kilobyte", 1e3];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(Math.max(bytes / unit[1], 0.1));
  }

  /* A symbol from the same sprite that the page already uses. */
  function symbol(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", "i");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    const sprite = document.querySelector("svg.i use")?.getAttribute("href")?.split("#")[0] ?? "/static/icons.svg";
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  /* Single keys for staff. data-key="n" on a button or link; inside [data-row] it belongs to the row with the focus.
     Two keys in a row are written "g o". j and k move between rows, x ticks the row, Ctrl+Enter sends the form. */
  function listenToKeys() {
    const sheet = document.querySelector("[data-keys]");
    if (!sheet) return;
    const choice = sheet.querySelector("[data-keys-on]");
    choice.checked = memory.get("single-keys") !== "off";
    choice.addEventListener("change", () => memory.set("single-keys", choice.checked ? "on" : "off"));
    all("[data-keys-open]").forEach((button) => button.addEventListener("click", () => sheet.showModal()));
    let before = "";
    let forget;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return void sendForm(event);
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !choice.checked || sheet.open) return;
      if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
      const pressed = before ? `${before} ${event.key}` : event.key;
      clearTimeout(forget);
      before = event.key === "g" && !before ? "g" : "";
      forget = setTimeout(() => { before = ""; }, 1200);
      if (act(pressed)) event.preventDefault();
    });

    function act(key) {
      const rows = all("[data-row]");
      const current = document.activeElement.closest("[data-row]");
      if (key === "?") { sheet.showModal(); return true; }
      if ((key === "j" || key === "k") && rows.length) {
        const next = rows[Math.min(Math.max(rows.indexOf(current) + (key === "j" ? 1 : -1), 0), rows.length - 1)];
        (next.querySelector("a[href]") ?? next.querySelector("button, input") ?? next).focus();
        next.scrollIntoView({ block: "nearest" });
        return true;
      }
      if (key === "x" && current) { current.querySelector("input[type=checkbox]")?.click(); return true; }
      const quoted = `[data-key="${CSS.escape(key)}"]`;
      const target = current?.querySelector(quoted) ?? all(quoted).find((element) => !element.closest("[data-row]")) ?? rows[0]?.querySelector(quoted);
      if (!target) return false;
      if (target.matches("input:not([type=checkbox], [type=radio]), textarea")) target.focus(); else target.click();
      return true;
    }

    function sendForm(event) {
      const form = event.target.closest("form") ?? document.querySelector("[data-key='Ctrl Enter']")?.closest("form");
      if (!form || form.method === "dialog") return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-key='Ctrl Enter']") ?? form.querySelector(".btn--primary:not([type=button])"));
    }
  }

  /* <a data-opens> in a row of a table opens what it leads to under its row; pressed again, or on Escape inside, it closes it. The
     place, and what htmx wants to know, are made here: that keeps a long list light. What comes back
     without the promised panel (somebody was signed out, a page broke) is opened as a page of its own. */
  function openInPlace() {
    all("a[data-opens]").forEach((link, n) => {
      const row = link.closest("tr");
      const cell = Object.assign(document.createElement("td"), { id: `opens-${n}`, className: "c-full", colSpan: row.cells.length });
      const more = Object.assign(document.createElement("tr"), { className: "owed__more" });
      cell.setAttribute("role", "cell");
      more.setAttribute("role", "row");
      more.append(cell);
      row.after(more);
      link.dataset.opens = cell.id;
      link.dataset.close = link.closest("[data-close]").dataset.close;
      const told = { "hx-get": link.getAttribute("href"), "hx-target": `#${cell.id}`, "hx-swap": "innerHTML", "aria-expanded": "false", "aria-controls": cell.id };
      for (const [name, value] of Object.entries(told)) link.setAttribute(name, value);
      window.htmx?.process(link);
    });
    const openers = (place) => all(`[data-opens="${place.id}"]`);
    const mark = (place, open) => openers(place).forEach((link) => {
      link.setAttribute("aria-expanded", open);
      link.dataset.words ??= link.innerHTML;
      if (open) link.textContent = link.dataset.close; else link.innerHTML = link.dataset.words;
    });
    const close = (place) => { place.replaceChildren(); mark(place, false); openers(place)[0]?.focus(); };
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-opens]");
      const place = link && document.getElementById(link.dataset.opens);
      if (!place?.childElementCount) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      close(place);
    }, true);
    document.addEventListener("keydown", (event) => {
      const place = event.key === "Escape" && !event.isComposing && event.target.closest("[data-opened]");
      if (place) close(place);
    });
    document.addEventListener("htmx:after:swap", () => all("[data-opens][aria-expanded=false]").forEach((link) => {
      const place = document.getElementById(link.dataset.opens);
      if (!place.childElementCount) return;
      const title = place.querySelector("[data-panel-title]");
      if (!title) return void location.assign(link.href);
      place.dataset.opened = "";
      mark(place, true);
      title.focus();
    }));
  }

  /* <input type="checkbox" data-tick-all="form-id"> ticks all boxes of that form, and shows when some are ticked. */
  function tickAll() {
    for (const box of all("[data-tick-all]")) {
      const boxes = () => [...document.getElementById(box.dataset.tickAll).elements].filter((each) => each.type === "checkbox");
      const show = () => {
        const ticked = boxes().filter((each) => each.checked).length;
        box.checked = ticked > 0 && ticked === boxes().length;
        box.indeterminate = ticked > 0 && !box.checked;
        all(`[data-ticked="${box.dataset.tickAll}"]`).forEach((words) => { words.textContent = words.dataset.words.replace("{n}", ticked); });
      };
      box.addEventListener("change", () => { boxes().forEach((each) => { each.checked = box.checked; }); show(); });
      document.addEventListener("change", (event) => { if (boxes().includes(event.target)) show(); });
      show();
    }
  }

  /* <input type="color" data-mirrors="colour"> and the text field of that id show the same colour. */
  function pairColours() {
    document.addEventListener("input", (event) => {
      const text = event.target.dataset.mirrors && document.getElementById(event.target.dataset.mirrors);
      const picker = event.target.id && document.querySelector(`[data-mirrors="${CSS.escape(event.target.id)}"]`);
      if (text) text.value = event.target.value;
      if (picker && /^#[0-9a-f]{6}$/i.test(event.target.value.trim())) picker.value = event.target.value.trim();
    });
  }

  leaveNothingToResend();
  /* <form id="x" data-keeps="name" data-kept="words"> keeps in this tab what was typed and not sent, until it is sent: a link, a
     reload or a closed lid lose nothing. <a data-keeps-drop="name"> gives it up. Files and secrets are not kept. */
  function keepTyped() {
    const store = {
      get(key) { try { return JSON.parse(sessionStorage.getItem(key) ?? "{}"); } catch { return {}; } },
      set(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* private window */ } },
      drop(key) { try { sessionStorage.removeItem(key); } catch { /* private window */ } },
    };
    const at = (name) => `typed:${location.pathname}:${name}`;
    const ticks = (field) => ["checkbox", "radio"].includes(field.type);
    const first = (field) => field.type === "select-one" ? [...field.options].find((each) => each.defaultSelected)?.value ?? field.options[0]?.value : field.defaultValue;
    for (const form of all("form[data-keeps]")) {
      const key = at(form.dataset.keeps);
      const fields = () => [...form.elements].filter((field) => field.name && (field.name === "saw" || !["hidden", "file", "password", "submit", "button", "fieldset"].includes(field.type)));
      const name = (field) => ticks(field) ? `${field.name}=${field.value}` : field.name;
      const isNew = (field) => ticks(field) ? field.checked !== field.defaultChecked : field.value !== first(field);
      const keep = () => {
        const typed = fields().filter((field) => field.type !== "hidden" && isNew(field));
        if (!typed.length) return store.drop(key);
        const saw = fields().filter((field) => field.type === "hidden");
        store.set(key, Object.fromEntries([...typed, ...saw].map((field) => [name(field), ticks(field) ? field.checked : field.value])));
      };
      const kept = document.querySelector("[data-error-summary]") ? {} : store.get(key);
      const missing = fields().filter((field) => name(field) in kept && kept[name(field)] !== (ticks(field) ? field.checked : field.value));
      for (const field of missing) {
        if (ticks(field)) field.checked = kept[name(field)]; else field.value = kept[name(field)];
        for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      }
      if (missing.some((field) => field.type !== "hidden")) {
        const toast = Object.assign(document.createElement("div"), { className: "flash" });
        toast.dataset.toast = "";
        toast.append(Object.assign(document.createElement("span"), { textContent: form.dataset.kept }));
        document.getElementById("flashes")?.append(toast);
      }
      for (const kind of ["input", "change"]) document.addEventListener(kind, (event) => { if (event.target.form === form) keep(); });
      form.addEventListener("submit", () => store.drop(key));
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-keeps-drop]");
      if (link) store.drop(at(link.dataset.keepsDrop));
    });
  }

  /* <span data-comes="address of a preview" data-alt="…" data-none="…">: a picture that is still being made takes its place when it is
     there. We ask ever more seldom, only while somebody looks, and give up after some minutes. */
  function fillWhatComes() {
    const take = async (place) => {
      place.dataset.coming = "";
      const address = place.dataset.comes;
      for (let pause = 1500; pause < 60_000 && place.isConnected; pause *= 1.5) {
        await new Promise((done) => { setTimeout(done, pause); });
        if (document.hidden) { pause /= 1.5; continue; }
        const status = await fetch(address, { method: "HEAD" }).then((answer) => answer.status, () => 0);
        if (status === 200) {
          const picture = Object.assign(new Image(), { alt: place.dataset.alt ?? "", src: address });
          await picture.decode().then(() => place.replaceWith(picture), () => {});
          return;
        }
        if (status !== 202 && status !== 0) break;
      }
      if (place.dataset.none) (place.lastElementChild ?? place).textContent = place.dataset.none;
    };
    const look = () => all("[data-comes]:not([data-coming])").forEach(take);
    look();
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  }

  guardAgainstDoubleSending();
  fillWhatComes();
  pairColours();
  rememberAddress();
  copyOnPress();
  leadToErrors();
  letToastsGo();
  keepTyped();
  closeMenus();
  printOnPress();
  forgetKeptText();
  showChosenFiles();
  openInPlace();
  tickAll();
  listenToKeys();
})();
