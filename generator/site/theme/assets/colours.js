// Runs before the first paint: sets the colours that the reader chose, and says that scripts run.
(root => {
  root.className = "js";
  try {
    const chosen = localStorage.getItem("archive-colours");
    if (chosen === "light" || chosen === "dark") root.dataset.colours = chosen;
  } catch { /* Storage is off: the system's colours stay. */ }
})(document.documentElement);
