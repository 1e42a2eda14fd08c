// For web sites that show one of our forms in an <iframe data-cop-form>: the frame becomes as high as the form, and
// what comes after sending is scrolled into view. Needs no inline style or script; may be copied to the site itself.
(() => {
  const frames = () => [...document.querySelectorAll("iframe[data-cop-form]")];
  const originOf = (frame) => new URL(frame.src, location.href).origin;

  window.addEventListener("message", (event) => {
    const frame = frames().find((one) => one.contentWindow === event.source);
    const told = event.data && event.data.copForm;
    if (!frame || !told || event.origin !== originOf(frame)) return;
    const height = Math.min(Number(told.height), 30000);
    if (height > 0) {
      frame.style.border = "0";
      frame.style.height = `${height}px`;
    }
    if (told.isAnswer && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
  });

  const ask = () => frames().forEach((one) => one.contentWindow.postMessage({ copForm: "height" }, "*"));
  document.addEventListener("DOMContentLoaded", ask);
  ask();
})();
