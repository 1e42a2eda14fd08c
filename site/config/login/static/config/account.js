// Passkeys: offered where the browser can use them, and a word if one was not used.
const button = document.getElementById("passkey-button");
const show = (id, is) => { document.getElementById(id).hidden = !is; };

if (!window.PublicKeyCredential) {
  button.hidden = true;
  show("passkey-missing", true);
}
button.addEventListener("click", () => show("passkey-failed", false));
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  show("passkey-failed", true);
});
