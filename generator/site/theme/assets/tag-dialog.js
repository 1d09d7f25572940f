/* The dialog to choose tags for a paper. It and the vocabulary are loaded when a reader opens it.
   Its links are those of the page, with the chosen tags filled in. Names of tags are untrusted:
   they become text nodes, never markup. */

const SHOWN = 8; // tags offered at most
const VOCABULARY = new URL("../api/v1/tags.json", import.meta.url);
const CONTRIBUTE = new URL("../contribute/#propose-a-new-tag", import.meta.url);

let dialog;

/* Open the dialog; `links` is the element with the page's links to the file and the form. */
export async function open(links) {
  dialog ??= makeDialog(await vocabulary(), [...links.querySelectorAll("a")].map((link) => link.href));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input").focus();
}

async function vocabulary() {
  const answer = await fetch(VOCABULARY);
  if (!answer.ok) throw new Error(`tags.json: ${answer.status}`);
  const { tags } = await answer.json();
  for (const tag of tags) tag.words = [tag.slug, tag.name, ...tag.aliases].map(plain);
  return tags;
}

const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/* Tags that match the text, best first: by a whole name, the beginning of the name, of a word of it,
   of a word of another name, or of the description. */
function fitting(tags, typed) {
  const words = plain(typed);
  if (!words) return [];
  const rank = (tag) => {
    const name = plain(tag.name);
    if (tag.words.includes(words)) return 0;
    if (name.startsWith(words)) return 1;
    if (` ${name}`.includes(` ${words}`)) return 2;
    if (tag.words.some((other) => ` ${other}`.includes(` ${words}`))) return 3;
    return ` ${plain(tag.description)}`.includes(` ${words}`) ? 4 : NaN;
  };
  const ranked = tags.map((tag) => [rank(tag), tag]).filter(([at]) => at >= 0);
  return ranked.sort(([a], [b]) => a - b).map(([, tag]) => tag).slice(0, SHOWN);
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/* Slugs of the tags that the page shows. */
function ownTags() {
  const links = document.querySelectorAll("#tags + ul a");
  return new Set([...links].map((link) => new URL(link.href).pathname.split("/").at(-2)));
}

/* A URL with a parameter set. */
function filled(address, name, value) {
  const url = new URL(address);
  if (value) url.searchParams.set(name, value);
  return url.href;
}

/* The link to the paper's tagging file with tags filled in. GitHub fills in only new files: if there
   is a file, the tags get one of their own in the paper's folder. */
function filledFile(address, slugs) {
  const text = slugs.length ? `tags:\n${slugs.map((slug) => `- ${slug}\n`).join("")}` : "";
  const there = address.match(/^(.*)\/edit\/(.*)\/(content\/tagging\/[^/]+\/[^/]+?)(\.yaml|\/.*)$/);
  if (!there || !text) return there ? address : filled(address, "value", text);
  const [, repository, branch, folder] = there;
  const beside = filled(`${repository}/new/${branch}`, "filename", `${folder}/${slugs[0]}.yaml`);
  return filled(beside, "value", text);
}

function makeDialog(tags, [file, form]) {
  const own = ownTags();
  const chosen = [];
  let offered = [];
  let active = -1;

  const input = make("input", {
    type: "text",
    id: "tag-words",
    role: "combobox",
    autocomplete: "off",
    spellcheck: false,
    placeholder: "Type what the paper is about",
    ariaAutoComplete: "list",
    ariaExpanded: "false",
  });
  input.setAttribute("aria-controls", "tag-options");
  input.setAttribute("aria-label", "Tag");
  const close = make("button", { type: "button", className: "md-icon icon-clear", ariaLabel: "Close" });
  const list = make("ul", { id: "tag-options", role: "listbox", ariaLabel: "Tags", hidden: true });
  const status = make("p", { className: "search-status", role: "status" });
  const chips = make("ul", { className: "tags" });
  chips.setAttribute("aria-label", "Chosen tags");
  const byFile = make("a", { href: file }, "Propose as a file");
  const byForm = make("a", { href: form }, "Propose with a form");
  const propose = make("a", { href: CONTRIBUTE.href }, "propose a new one");
  const body = make(
    "div",
    { className: "search-found md-typeset" },
    make("h2", { id: "tag-title" }, "Suggest tags"),
    list,
    status,
    chips,
    make("p", { className: "action" }, byForm, " ", byFile),
    make("p", { className: "facts" }, "Both open GitHub, where you can still change everything. No tag fits? You can ", propose, "."),
  );
  const made = make("dialog", { className: "search-dialog tag-dialog" }, make("form", {}, input, close), body);
  made.setAttribute("aria-labelledby", "tag-title");

  const point = (at) => {
    active = at;
    [...list.children].forEach((item, place) => {
      item.ariaSelected = String(place === at);
      if (place === at) item.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  };

  const show = (found) => {
    offered = found;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.ariaExpanded = String(found.length > 0);
    point(-1);
  };

  const option = (tag, at) => {
    const item = make(
      "li",
      { id: `tag-option-${at}`, role: "option" },
      make("strong", {}, tag.name),
      own.has(tag.slug) ? " (the paper has it)" : "",
      make("span", {}, tag.description),
    );
    if (own.has(tag.slug)) item.ariaDisabled = "true";
    item.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays
    item.addEventListener("click", () => choose(tag));
    return item;
  };

  const choose = (tag) => {
    if (own.has(tag.slug)) {
      status.textContent = `The paper has ${tag.name} already.`;
      return;
    }
    if (!chosen.includes(tag)) chosen.push(tag);
    status.textContent = `${tag.name} is chosen.`;
    input.value = "";
    show([]);
    fill();
  };

  const fill = () => {
    const slugs = chosen.map((tag) => tag.slug);
    byFile.href = filledFile(file, slugs);
    byForm.href = filled(form, "add", slugs.join("\n"));
    chips.replaceChildren(...chosen.map(chip));
  };

  const chip = (tag) => {
    const button = make("button", { type: "button", className: "md-icon icon-clear", ariaLabel: `Remove ${tag.name}` });
    button.addEventListener("click", () => {
      chosen.splice(chosen.indexOf(tag), 1);
      status.textContent = `${tag.name} is removed.`;
      fill();
      input.focus();
    });
    return make("li", {}, tag.name, button);
  };

  input.addEventListener("input", () => {
    show(fitting(tags, input.value));
    const count = offered.length;
    if (!plain(input.value)) status.textContent = "";
    else if (count) status.textContent = `${count} tag${count === 1 ? "" : "s"} to choose from`;
    else status.textContent = "No tag fits.";
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = offered.length - 1;
    if (event.key === "Enter") {
      // The active option, or the one that was typed in full, or the only one.
      const typed = plain(input.value);
      const exact = offered.find((tag) => tag.words.includes(typed));
      const tag = offered[active] ?? exact ?? (last === 0 ? offered[0] : undefined);
      if (tag) choose(tag);
    } else if (event.key === "ArrowDown") {
      if (list.hidden) show(fitting(tags, input.value));
      else point(active < last ? active + 1 : 0);
    } else if (event.key === "ArrowUp" && !list.hidden) point(active > 0 ? active - 1 : last);
    else if (event.key === "Escape" && !list.hidden) show([]);
    else return;
    event.preventDefault();
  });
  made.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  close.addEventListener("click", () => made.close());
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
}
