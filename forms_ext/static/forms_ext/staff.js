// The staff's pages: J and K turn the pile; a page with work in progress comes again by itself.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const link = { j: "[data-cop-next]", k: "[data-cop-previous]" }[event.key.toLowerCase()];
  const found = link && document.querySelector(link);
  if (found) found.click();
});

const running = document.querySelector("[data-cop-running]");
if (running) {
  const ask = async () => {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#cop-run");
    if (!fresh) return;
    document.querySelector("#cop-run").replaceWith(document.importNode(fresh, true));
    if (document.querySelector("[data-cop-running]")) setTimeout(ask, 1500);
  };
  setTimeout(ask, 1500);
}
