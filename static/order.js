/* An order by dragging: [data-order="id of a form"] holds [data-order-row="id"], each with a [data-order-grip]. What was dragged goes out
   with the form's field `order`. Without scripts the arrows beside each row do the same. */

for (const list of document.querySelectorAll("[data-order]")) {
  const form = document.getElementById(list.dataset.order);
  const rows = () => [...list.querySelectorAll("[data-order-row]")];
  const order = () => rows().map((row) => row.dataset.orderRow).join(" ");
  let dragged = null, before = "";
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-order-grip]");
    if (!grip || event.button) return;
    dragged = grip.closest("[data-order-row]");
    before = order();
    dragged.classList.add("is-dragged");
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-order-row]");
    if (!over || over === dragged || !list.contains(over)) return;
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  });
  for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged = null;
    if (order() === before) return;
    form.elements.order.value = order();
    form.requestSubmit();
  });
}
