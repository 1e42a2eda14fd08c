// After a page was made private, tells which of its translations are still open to everyone.
const { address } = document.querySelector("#cop-privacy").dataset;

document.addEventListener("w-privacy:changed", async (event) => {
  const dialog = document.querySelector('[data-a11y-dialog-show="set-privacy"][data-url], #set-privacy[data-url]');
  const page = dialog?.dataset.url.match(/\/pages\/(\d+)\/privacy\//);
  if (!page || event.detail.isPublic) return;
  const response = await fetch(address.replace("/0/", `/${page[1]}/`));
  const { text } = response.ok ? await response.json() : { text: "" };
  if (text) document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, text, type: "warning" } }));
});
