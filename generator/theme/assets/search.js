/* Opens search: by its link, and by the keys /, s and f. Loads nothing before somebody does. */
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
