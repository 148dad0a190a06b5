// The example under the pattern of file names follows what is typed. Without scripts it shows what was saved or sent last.
(() => {
  const box = document.querySelector("[data-naming]");
  const typed = box.querySelector("[data-naming-pattern]");
  const shown = box.querySelector("[data-naming-example]");
  const words = {};
  for (const one of box.querySelectorAll("[data-naming-word]")) words[one.dataset.namingWord] = one.textContent.trim();
  const original = box.dataset.original;
  const ending = original.slice(original.lastIndexOf("."));
  const example = (pattern) => {
    if (!pattern) return original;
    const unknown = [...pattern.matchAll(/\{([^{}]*)\}/g)].some(([, word]) => !(word in words));
    if (unknown || /[{}]/.test(pattern.replace(/\{[^{}]*\}/g, ""))) return "–";
    return pattern.replace(/\{([^{}]*)\}/g, (_all, word) => words[word].replace(/[/\\]/g, "-")) + ending;
  };
  typed.addEventListener("input", () => { shown.textContent = example(typed.value.trim().replace(/\s+/g, " ")); });
})();
