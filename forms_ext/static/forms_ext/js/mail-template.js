// Puts a field of a mail where the editor was writing: into the subject, or into the text.
const subject = document.querySelector("#id_subject");
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target === subject || event.target.closest(".public-DraftEditor-content")) last = event.target;
});

for (const button of document.querySelectorAll("[data-insert]")) {
  // Keep the caret where it is while the button is pressed.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const target = last ?? document.querySelector(".public-DraftEditor-content") ?? subject;
    target.focus();
    document.execCommand("insertText", false, button.dataset.insert);
  });
}
