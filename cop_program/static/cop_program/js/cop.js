/* What a page can do better with a script; all of it works without.
 *
 * - Times in the reader's own zone, found by the browser. The server computes them: the page is asked for once more
 *   with ?tz=, and the parts marked data-zoned are put in place. Choosing a zone by the form always wins; beside a form
 *   that may be half filled it does without loading the page anew.
 * - A question for the time zone begins with the reader's own.
 * - A file that is larger than the form takes is refused before it is sent.
 * - A video is loaded where its picture stands, on a click, not before.
 * - What has to be mended takes the focus.
 * - The bar with the next step hides while the card it repeats is in view.
 */

const root = document.querySelector(".cop[data-zone]") ?? document.documentElement;

const ownZone = () => {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch {
    return "";
  }
};

// Browsers still say "Asia/Calcutta"; a field offers each zone by its name of today.
const offered = (field, zone) => {
  const name = JSON.parse(field.dataset.replaced || "{}")[zone] ?? zone;
  return [...field.options].some((option) => option.value === name) ? name : "";
};

const answerOwnZone = () => {
  for (const field of document.querySelectorAll(".cop select[data-own-zone]")) {
    if (!field.value) field.value = offered(field, ownZone());
  }
};

const isTooLarge = (field) => [...field.files].some((file) => file.size > Number(field.dataset.maxBytes));

const checkFile = (event) => {
  const field = event.target;
  if (!field.matches(".cop input[data-max-bytes]")) return;
  field.setCustomValidity(isTooLarge(field) ? field.dataset.tooLarge : "");
  field.reportValidity();
};

const keepLargeFiles = (event) => {
  const field = [...event.target.querySelectorAll(".cop input[data-max-bytes]")].find(isTooLarge);
  if (!field) return;
  event.preventDefault();
  field.reportValidity();
};

const replaceZoned = (html) => {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll(".cop [data-zoned]")) {
    const twin = fresh.querySelector(`[data-zoned="${CSS.escape(part.dataset.zoned)}"]`);
    if (twin && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(twin));
  }
  watchCard();
};

const remember = (zone, address) =>
  fetch(address, { method: "POST", body: new URLSearchParams({ zone, next: "/" }), redirect: "manual" }).catch(() => {});

let turn = 0; // Who chooses a zone overtakes what is on its way.

const showIn = async (zone) => {
  const mine = ++turn;
  const address = new URL(location.href);
  address.searchParams.set("tz", zone);
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const html = await answer.text();
  if (!answer.ok || mine !== turn) return false;
  replaceZoned(html);
  root.dataset.zone = zone;
  return true;
};

const useOwnZone = async () => {
  const part = document.querySelector(".cop [data-zone-form]");
  const field = part?.querySelector("select");
  const zone = field && offered(field, ownZone());
  if (!zone || root.dataset.zone || !document.querySelector(".cop [data-zoned]")) return;
  try {
    if (!(await showIn(zone))) return;
    field.value = zone;
    await remember(zone, part.dataset.zoneForm);
  } catch {
    // The page stays as it is: its times are right in the zones that it names.
  }
};

const chooseZone = async (event) => {
  const form = event.target.closest(".cop form[data-zone-form]");
  if (!form || !document.querySelector("form.cop-form")) return;
  event.preventDefault();
  const zone = form.elements.zone.value;
  await remember(zone, form.action);
  await showIn(zone).catch(() => {});
};

const startChoosing = (event) => {
  if (event.target.closest(".cop [data-zone-form]")) turn += 1;
};

const playVideo = (event) => {
  const link = event.target.closest(".cop a[data-video]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = link.dataset.video;
  frame.title = link.dataset.title || link.textContent.trim();
  frame.allow = "fullscreen; picture-in-picture; autoplay";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.tabIndex = 0;
  link.closest(".cop-video").replaceChildren(frame);
  frame.focus();
};

let observer;
const watchCard = () => {
  const bar = document.querySelector(".cop-next-bar");
  const card = document.querySelector(".cop-next");
  observer?.disconnect();
  if (!bar || !card || !("IntersectionObserver" in window)) return;
  observer = new IntersectionObserver(([entry]) => { bar.hidden = entry.isIntersecting; });
  observer.observe(card);
};

const focusErrors = () => document.querySelector(".cop-error-summary[tabindex], .cop-notice[role=alert][tabindex]")?.focus();

document.addEventListener("click", playVideo);
document.addEventListener("change", startChoosing);
document.addEventListener("change", checkFile);
document.addEventListener("submit", keepLargeFiles);
document.addEventListener("submit", chooseZone);
watchCard();
focusErrors();
answerOwnZone();
useOwnZone();
