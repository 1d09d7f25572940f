/* Every page's script: switches colours, copies citations, lets wide code scroll by keyboard, opens
   search and the tag dialog. One file, since each costs every page some bytes and a request. */
const root = document.documentElement;

document.querySelector(".site-colours").addEventListener("click", () => {
  const dark = root.dataset.colours
    ? root.dataset.colours === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.colours = dark ? "light" : "dark";
  try {
    localStorage.setItem("archive-colours", root.dataset.colours);
  } catch { /* Storage is off: the choice holds for this page. */ }
});

for (const box of document.querySelectorAll(".copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("code").textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  box.append(button);
}

const reach = () => {
  for (const code of document.querySelectorAll("pre > code")) {
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
    else code.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
reach();

/* Opens search: by its link, and by the keys /, s and f. Loads its script only then. */
(() => {
  const link = document.querySelector(".site-search");
  const form = document.getElementById("search-page");
  const source = new URL("search-panel.js", document.currentScript.src).href;
  const open = () => {
    if (form) form.elements.q.focus();
    else import(source).then((panel) => panel.open(link.href), () => location.assign(link.href));
  };
  const areKeysOff = () => {
    try {
      return localStorage.getItem("search-keys") === "off";
    } catch {
      return false;
    }
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });
  addEventListener("keydown", (event) => {
    if (!["/", "s", "f"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.isComposing || event.repeat || areKeysOff()) return;
    if (event.target.closest?.("input, select, textarea, dialog, [contenteditable]")) return;
    event.preventDefault();
    open();
  });
  if (form) import(source).then((panel) => panel.page(form, link.href));
})();

if (document.querySelector(".kind-subscribe")) import(new URL("subscribe.js", document.currentScript.src).href);

/* Opens the tag dialog; if it can't be loaded, the link is followed. */
(() => {
  const links = document.querySelector(".kind-paper .action");
  const link = links?.querySelector("a");
  const source = new URL("tag-dialog.js", document.currentScript.src).href;
  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    import(source).then((dialog) => dialog.open(links)).catch(() => location.assign(link.href));
  });
})();
