// Begins textual.js when the fonts are there, since it measures its cells once; says which socket is whose; and gives
// the terminal the keys.
"use strict";

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
