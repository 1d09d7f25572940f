/* Search: the dialog on any page, and the page /search/. Loaded when a reader opens either.

   The index has a part for each year (generator/render/search/). A search begins with the newest
   years, and continues with older ones if it finds nothing or the reader asks for them. Texts of
   papers are untrusted: they become text nodes, never markup. */

const FIRST = 4000; // a search begins with the newest years that have this many papers
const SHOWN = 10; // results at a time
const PAUSE = 200; // milliseconds after the last key before a search begins
const EVERY = "\ua66e"; // a word that every paper has (search_index.py)
const RANKING = { metaWeights: { title: 5, authors: 3, tags: 1, id: 5, every: 0 } };

// --- The index ------------------------------------------------------------------------------

let started;

function engine(address) {
  started ??= start(new URL("index/", address).href).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(folder) {
  const answer = await fetch(`${folder}parts.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`parts.json: ${answer.status}`);
  const { base, parts } = await answer.json();
  const pagefind = await import(`${folder}base/pagefind.js`);
  const options = (digest) => ({ metaCacheTag: digest, excerptLength: 30, ranking: RANKING });
  await pagefind.options({ ...options(base), basePath: `${folder}base/` });
  await pagefind.init();
  const loaded = new Map();
  const load = ({ name, digest }) => {
    const more = { ...options(digest), mergeFilter: { year: name } };
    if (!loaded.has(name)) loaded.set(name, pagefind.mergeIndex(`${folder}${name}/`, more));
    return loaded.get(name);
  };
  return { parts, load, pagefind };
}

/* How many parts, newest first, have at least this many papers. */
function reaching(parts, papers) {
  let sum = 0;
  const at = parts.findIndex((part) => (sum += part.papers) >= papers);
  return at < 0 ? parts.length : at + 1;
}

const sum = (parts) => parts.reduce((all, part) => all + part.papers, 0);

/* Search the newest years, at least `reach` of them. */
async function find(address, query, reach) {
  const { parts, load, pagefind } = await engine(address);
  const possible = query.year ? parts.filter((part) => part.name === query.year) : parts;
  const filters = {};
  for (const kind of ["tag", "author"]) {
    const slug = slugOf(query[kind]);
    if (slug) filters[`${kind}-${slug[0]}`] = slug;
  }
  const words = wordsOf(query.q);
  for (let count = Math.max(reach, query.year ? 1 : reaching(parts, FIRST)); ; count++) {
    const searched = possible.slice(0, count);
    await Promise.all(searched.map(load));
    const year = { any: searched.map((part) => part.name) };
    const { results } = await pagefind.search(words, { filters: { ...filters, year } });
    const left = possible.slice(count);
    if (results.length || !left.length) {
      return { results: sorted(results, query.sort || (query.q ? "" : "date")), searched, left };
    }
  }
}

/* Words in nearly every abstract don't narrow a search, but load much; a third of a long title. */
const COMMON = new Set("a an and as at by for from in is of on or that the to via we with".split(" "));

function wordsOf(text) {
  if (!text) return EVERY;
  if (text.includes('"') || !document.documentElement.lang.startsWith("en")) return text;
  const words = text.split(/\s+/);
  // The last word may be the beginning of another.
  const telling = words.filter((word, at) => {
    return at === words.length - 1 || !COMMON.has(word.toLowerCase());
  });
  return telling.join(" ");
}

/* The name of a result is its day, its upvotes and the paper's key. */
function sorted(results, sort) {
  const names = (result) => result.id.split("-", 2).map(Number);
  if (sort === "date") results.sort((a, b) => names(b)[0] - names(a)[0] || b.score - a.score);
  if (sort === "upvotes") results.sort((a, b) => names(b)[1] - names(a)[1] || b.score - a.score);
  return results;
}

const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

function slugOf(text) {
  return (text ?? "")
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter])
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

// --- Results --------------------------------------------------------------------------------

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/* Pagefind marks words in an excerpt with HTML, and escapes < and > in the rest. */
function marked(excerpt) {
  return excerpt.split(/(<mark>.*?<\/mark>)/s).map((part) => {
    const found = /^<mark>(.*)<\/mark>$/s.exec(part);
    const text = (found ? found[1] : part).replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    return found ? make("mark", {}, text) : text;
  });
}

/* The title, with the words marked that begin with a word of the query. */
function markedTitle(title, query) {
  const wanted = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return title.split(/([\p{L}\p{N}]+)/u).map((part, at) => {
    const low = part.toLowerCase();
    return at % 2 && wanted.some((word) => low.startsWith(word)) ? make("mark", {}, part) : part;
  });
}

function dayOf(result) {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)-/.exec(result.id);
  const language = document.documentElement.lang;
  const words = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString(
    language === "en" ? "en-GB" : language,
    { dateStyle: "long", timeZone: "UTC" },
  );
  return make("time", { dateTime: `${year}-${month}-${day}` }, words);
}

async function shown(result, query, root) {
  const { raw_url, url, meta, content, excerpt } = await result.data();
  const link = make("a", { href: new URL((raw_url ?? url).replace(/^\/+/, ""), root).href });
  link.append(...markedTitle(meta.title ?? "", query.q));
  const names = (meta.authors ?? "").split(", ");
  const byline = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  const upvotes = Number(result.id.split("-", 2)[1]);
  const facts = make("p", { className: "facts" }, dayOf(result));
  if (query.sort === "upvotes") facts.append(` · ${upvotes} upvote${upvotes === 1 ? "" : "s"}`);
  if (meta.tags) facts.append(` · ${meta.tags.replaceAll("; ", " · ")}`);
  const item = make("li", {}, make("p", { className: "title" }, link));
  if (byline) item.append(make("p", { className: "byline" }, byline));
  item.append(facts);
  // A paper without abstract is indexed with its title as text; Pagefind adds a full stop.
  const isTitle = !content.replace(/\.$/, "").replace(meta.title?.replace(/\.$/, ""), "").trim();
  if (!isTitle) {
    const text = make("p", {}, ...marked(excerpt));
    if (!content.startsWith(text.textContent.trim())) text.prepend("… ");
    if (!content.endsWith(text.textContent.trim())) text.append(" …");
    item.append(text);
  }
  return item;
}

const years = (parts) =>
  parts.length > 1 ? `${parts.at(-1).name} to ${parts[0].name}` : parts[0]?.name;

function summary(found, query) {
  const { results, searched, left } = found;
  const count = `${results.length.toLocaleString("en")} paper${results.length === 1 ? "" : "s"}`;
  if (!searched.length) return "No paper was listed yet.";
  const where = left.length || query.year ? ` in ${years(searched)}` : "";
  if (results.length) return `${count}${where}`;
  const author = query.author ? " Authors are found by their full name once they have a page." : "";
  return `No paper${where} fits.${author}`;
}

/* A list of results that is updated with the query, below a line with their number. */
class Results {
  constructor(place, address, more) {
    this.address = address;
    this.root = new URL("..", address).href;
    this.more = more;
    this.status = make("p", { className: "search-status" });
    this.status.setAttribute("role", "status");
    this.list = make("ol", { className: "search-results" });
    this.after = make("p", { className: "search-more" });
    this.turn = 0;
    place.append(this.status, this.list, this.after);
  }

  /* Search after a pause; only the latest query is shown. */
  ask(query, pause = PAUSE) {
    const turn = ++this.turn;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(query, turn, 0), pause);
  }

  async run(query, turn, reach) {
    if (!query.q && !query.tag && !query.author && !query.year) {
      this.list.replaceChildren();
      this.after.replaceChildren();
      this.status.textContent = "";
      return;
    }
    const slow = setTimeout(() => turn === this.turn && this.say("Searching…"), 400);
    try {
      const found = await find(this.address, query, reach);
      const items = await this.items(found.results.slice(0, SHOWN), query);
      if (turn !== this.turn) return;
      this.list.replaceChildren(...items);
      this.say(summary(found, query));
      this.more(this, found, query, turn);
    } catch (error) {
      if (turn !== this.turn) return;
      console.warn(error);
      this.list.replaceChildren();
      this.after.replaceChildren();
      this.say("The search index can't be loaded.");
    } finally {
      clearTimeout(slow);
    }
  }

  items(results, query) {
    return Promise.all(results.map((result) => shown(result, query, this.root)));
  }

  say(text) {
    this.status.textContent = text;
  }
}

// --- The dialog of every page ---------------------------------------------------------------

let dialog;

/* Open the dialog; `address` is the URL of the search page. */
export function open(address) {
  dialog ??= makeDialog(address);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input").select();
}

function makeDialog(address) {
  const input = make("input", {
    type: "search",
    name: "q",
    autocomplete: "off",
    spellcheck: false,
    placeholder: "Titles, authors, abstracts, tags",
  });
  input.setAttribute("aria-label", "Words in titles, authors, abstracts and tags");
  const close = make("button", { type: "button", className: "md-icon icon-clear" });
  close.setAttribute("aria-label", "Close search");
  const form = make("form", { action: address, method: "get" }, input, close);
  form.setAttribute("role", "search");
  const body = make("div", { className: "search-found md-typeset" });
  const made = make("dialog", { className: "search-dialog" }, form, body);
  made.setAttribute("aria-label", "Search");
  const results = new Results(body, address, allResults);
  input.addEventListener("input", () => results.ask({ q: input.value.trim() }));
  close.addEventListener("click", () => made.close());
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  made.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [input, ...body.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : stops.length - 1;
    stops[(at + step) % stops.length].focus();
  });
  document.body.append(made);
  return made;
}

function allResults({ after, address }, { results, left }, query) {
  const link = make("a", { href: `${address}?${new URLSearchParams({ q: query.q })}` });
  link.append(left.length ? "All results, older years, filters" : "All results and filters");
  after.replaceChildren(...(results.length || left.length ? [link] : []));
}

// --- The page /search/ ----------------------------------------------------------------------

const NAMES = ["q", "tag", "year", "author", "sort"];

/* Search while the reader types, and keep the query in the page's URL. */
export function page(form, address) {
  const results = new Results(document.getElementById("found"), address, olderResults);
  const read = () => {
    const query = {};
    for (const name of NAMES) query[name] = form.elements[name].value.trim();
    return query;
  };
  const follow = (pause) => {
    const query = read();
    const words = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
    history.replaceState(history.state, "", words.size ? `?${words}` : location.pathname);
    results.ask(query, pause);
  };
  const fill = () => {
    const words = new URLSearchParams(location.search);
    for (const name of NAMES) form.elements[name].value = words.get(name) ?? "";
    const renamed = nowCalled(form.elements.tag.options, words.get("tag"));
    if (renamed) form.elements.tag.value = renamed.value;
    results.ask(read(), 0);
  };
  form.addEventListener("input", () => follow());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    follow(0);
  });
  addEventListener("popstate", fill);
  document.getElementById("found").after(switchOfKeys());
  fill();
}

/* The option of a tag by its former slug, for links from before it was renamed. */
function nowCalled(options, slug) {
  return [...options].find((option) => option.dataset.old?.split(" ").includes(slug));
}

/* Buttons for more results, and for the years before those searched. */
function olderResults(own, { results, searched, left }, query, turn) {
  let at = SHOWN;
  const offer = () => {
    own.after.replaceChildren();
    const button = make("button", { type: "button" });
    if (at < results.length) {
      button.textContent = `Show ${Math.min(SHOWN, results.length - at)} more`;
      button.addEventListener("click", async () => {
        const items = await own.items(results.slice(at, at + SHOWN), query);
        if (turn !== own.turn) return;
        at += SHOWN;
        own.list.append(...items);
        items[0].querySelector("a").focus();
        offer();
      });
      own.after.append(button);
    }
    if (left.length) {
      const older = make("button", { type: "button" }, `Search ${left[0].name} and before`);
      older.addEventListener("click", () => {
        const again = ++own.turn;
        own.run(query, again, searched.length + reaching(left, 2 * sum(searched)));
      });
      own.after.append(older);
    }
  };
  offer();
}

/* Readers must be able to turn off shortcuts without a modifier key (WCAG 2.1.4). */
function switchOfKeys() {
  const box = make("input", { type: "checkbox" });
  try {
    box.checked = localStorage.getItem("search-keys") !== "off";
  } catch {
    box.checked = true;
  }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem("search-keys", box.checked ? "on" : "off");
    } catch {
      box.checked = true;
    }
  });
  const keys = ["/", "s", "f"].map((key) => make("kbd", {}, key));
  const text = ["The keys ", keys[0], ", ", keys[1], " and ", keys[2], " open search on any page"];
  return make("p", { className: "search-keys facts" }, make("label", {}, box, " ", ...text));
}
