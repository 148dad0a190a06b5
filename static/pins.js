/* Pinning a comment to a spot: press the picture, or go there with the arrow keys and press Enter. The form beside it holds the place
   (nine parts, or per cent), and works without this script too. Places are SVG attributes: nothing is styled inline. */
const board = document.querySelector("[data-pinboard].can-pin");
const form = document.querySelector("[data-pin-form]");
if (board && form) {
  const mark = board.querySelector("[data-new-pin]");
  const says = document.querySelector("[data-pin-says]");
  const words = form.elements.words;
  const at = { x: 50, y: 50 };
  let moving = false;

  const within = (value) => Math.min(Math.max(value, 0), 100);
  const told = (text) => text.replace("{x}", Math.round(at.x)).replace("{y}", Math.round(at.y));
  const part = (value) => Math.min(Math.floor(value * 3 / 100), 2);

  function show(x, y) {
    at.x = within(x);
    at.y = within(y);
    mark.setAttribute("x", `${at.x.toFixed(1)}%`);
    mark.setAttribute("y", `${at.y.toFixed(1)}%`);
    mark.classList.add("is-there");
  }

  function fill() {
    form.elements.x.value = at.x.toFixed(1);
    form.elements.y.value = at.y.toFixed(1);
    form.querySelector(`[name="where"][value="${part(at.y) * 3 + part(at.x) + 1}"]`).checked = true;
  }

  function pin() {
    fill();
    moving = false;
    board.classList.remove("is-moving");
    says.textContent = told(board.dataset.pinned);
    words.focus({ preventScroll: true });
    words.scrollIntoView({ block: "nearest" });
  }

  const hint = Object.assign(document.createElement("p"), { className: "vh", id: "pinboard-hint", textContent: board.dataset.hint });
  board.before(hint);
  const stage = document.createElement("div");
  for (const [name, value] of Object.entries({ class: "pinboard__stage", tabindex: "0", role: "application", "aria-label": board.dataset.label, "aria-describedby": hint.id })) stage.setAttribute(name, value);
  board.querySelector("img").after(stage);

  board.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const box = board.getBoundingClientRect();
    show((event.clientX - box.left) / box.width * 100, (event.clientY - box.top) / box.height * 100);
    pin();
  });

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const far = event.shiftKey ? 10 : 2;
      show(at.x + step[0] * far, at.y + step[1] * far);
      moving = true;
      board.classList.add("is-moving");
      says.textContent = told(board.dataset.at);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      show(at.x, at.y);
      pin();
    } else if (event.key === "Escape" && moving) {
      moving = false;
      board.classList.remove("is-moving");
      stage.blur();
    }
  });
  stage.addEventListener("focus", () => {
    show(at.x, at.y);
    board.classList.add("is-moving");
  });

  /* A part chosen in the form moves the mark there, and so do typed numbers. */
  form.addEventListener("change", (event) => {
    if (event.target.name === "where") {
      const n = event.target.value - 1;
      show((n % 3) * 100 / 3 + 100 / 6, Math.floor(n / 3) * 100 / 3 + 100 / 6);
      form.elements.x.value = at.x.toFixed(1);
      form.elements.y.value = at.y.toFixed(1);
    } else if (["x", "y"].includes(event.target.name) && form.elements.x.value && form.elements.y.value) {
      const [x, y] = ["x", "y"].map((name) => parseFloat(form.elements[name].value.replace(",", ".")));
      if (Number.isFinite(x + y)) { show(x, y); fill(); }
    }
  });
  const [x, y] = ["x", "y"].map((name) => parseFloat(form.elements[name].value));
  if (Number.isFinite(x + y)) show(x, y);
}

/* The words of a pin that was pressed come into view with the focus, so that one can read on from there. */
document.querySelector(".pins")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const line = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!line) return;
  event.preventDefault();
  line.focus();
  line.scrollIntoView({ block: "nearest" });
});
