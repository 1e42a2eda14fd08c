// Bulk actions of a listing: what is selected goes into the body of a form, which holds any number of rows.
// Wagtail's own script would write each id into the address, and no address is long enough for hundreds.
const form = document.querySelector("[data-cop-bulk]");
const boxes = "[data-bulk-action-checkbox], [data-bulk-action-select-all-checkbox]";
let isAll = false; // all that the filters show, on all pages of the listing

document.addEventListener("w-swap:success", () => { isAll = false; });
document.addEventListener("change", (event) => { if (event.target.closest(boxes)) isAll = false; }, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-bulk-action-num-objects-in-listing]")) isAll = true;
  const button = event.target.closest("[data-bulk-action-button]");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  const selected = document.querySelectorAll("[data-bulk-action-checkbox]:checked");
  form.elements.rows.value = isAll ? "all" : Array.from(selected, (box) => box.dataset.objectId).join(" ");
  form.elements.next.value = location.pathname + location.search;
  form.action = button.getAttribute("href");
  form.submit();
}, true);
