// What a page does beyond being read: switch its colours, copy its citation, scroll by keyboard.
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
