// Begins textual.js when the fonts are there, since it measures its cells once; says which socket is whose; and gives
// the terminal the keys.
"use strict";

// What is copied goes to the clipboard by the old way where the page came by plain HTTP: browsers keep the new one to HTTPS.
function copy(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focus();
}
if (!navigator.clipboard) {
  const clipboard = { readText: async () => "", writeText: async (text) => copy(text) };
  Object.defineProperty(navigator, "clipboard", { value: clipboard });
}

const begin = window.onload;
window.onload = null;

const terminal = document.getElementById("terminal");
const [user] = new URLSearchParams(location.search).keys();
const socket = new URL(`ws/${encodeURIComponent(user || "bptui")}`, location.href);
socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";
terminal.dataset.sessionWebsocketUrl = socket.href;

const focus = () => terminal.querySelector("textarea")?.focus();
document.addEventListener("click", focus);

const again = document.getElementById("again");
again.addEventListener("click", () => location.reload());
const ended = new MutationObserver(() => document.body.classList.contains("-closed") && again.focus());
ended.observe(document.body, { attributeFilter: ["class"] });

const faces = ["", "bold ", "italic ", "italic bold "].map((face) => document.fonts.load(`${face}16px "Roboto Mono"`));
Promise.allSettled([...faces, document.fonts.load("16px Monaco", "→")]).then(() => {
  begin();
  focus();
});
