/* The Subscribe page: finds feeds by name, and copies their URLs. */

const lines = [...document.querySelectorAll("#queries ~ ul li")];
const lists = document.querySelectorAll(".feed, #queries ~ ul li");

/* A button after the links of each feed; `:scope >`, as items of the tree contain other items. */
for (const place of lists) {
  const link = place.querySelector(':scope > a[href$="rss.xml"]');
  if (!link) continue;
  const name = place.matches("li") ? place.querySelector("a").textContent : headingOf(place);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-feed";
  button.textContent = "Copy";
  button.ariaLabel = `Copy the RSS address of ${name}`;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.href);
    button.textContent = "Copied";
    say(`The RSS address of ${name} is copied.`);
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  [...place.querySelectorAll(":scope > a")].at(-1).after(" ", button);
}

function headingOf(place) {
  let before = place;
  while (before && !before.matches("h1, h2")) before = before.previousElementSibling;
  return before.textContent;
}

const input = Object.assign(document.createElement("input"), {
  type: "search",
  placeholder: "Saved queries and tags",
  ariaLabel: "Find a feed by its name",
});
const status = Object.assign(document.createElement("p"), { className: "search-status" });
status.setAttribute("role", "status");
const box = Object.assign(document.createElement("p"), { className: "search-words find-feed" });
box.append(input);
const first = document.querySelector("#queries ~ ul");
if (first) {
  first.before(box, status);
  input.addEventListener("input", filter);
}

function say(text) {
  status.textContent = text;
}

/* Show the feeds whose names have all words typed, and their ancestors in the tree. */
function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const line of lines) {
    const name = line.querySelector("a").textContent.toLowerCase();
    line.dataset.fits = words.every((word) => name.includes(word)) ? "yes" : "no";
  }
  for (const line of lines) {
    found += line.dataset.fits === "yes";
    line.hidden = line.dataset.fits === "no" && !line.querySelector('li[data-fits="yes"]');
  }
  say(words.length ? `${found} feed${found === 1 ? "" : "s"}` : "");
}
