"use strict";
// Everything that comes from the server is put in as text, never as markup.
const at = (id) => document.getElementById(id);
let session = null;
let asking = null;

function add(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
  return item;
}

function button(list, label, question) {
  const item = add(list, "");
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", () => { at("question").value = question; ask(); });
  item.append(made);
}

async function call(path, body, signal) {
  const headers = {};
  const token = at("token").value;
  if (token) headers.Authorization = "Bearer " + token;
  if (body) headers["Content-Type"] = "application/json";
  const method = body ? "POST" : "GET";
  const reply = await fetch(path, { method, headers, signal, body: body ? JSON.stringify(body) : undefined });
  if (reply.status === 401) for (const id of ["token", "token-label"]) at(id).hidden = false;
  const found = await reply.json();
  if (!reply.ok) throw new Error(found.detail);
  return found;
}

// The part of Markdown that answers are made of: paragraphs, lists, tables, code. Anything else stays text.
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#58;": ":", "&#46;": "." };
const plain = (text) => text.replace(/\\([\\`*[\]|~_#])/g, "$1").replace(/&(?:amp|lt|gt|#58|#46);/g, (found) => ENTITIES[found]);

function made(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function inline(element, text) {
  for (const part of text.split(/(\*\*[^*]+\*\*|`[^`]+`)/)) {
    if (/^\*\*[^*]+\*\*$/.test(part)) element.append(made("strong", plain(part.slice(2, -2))));
    else if (/^`[^`]+`$/.test(part)) element.append(made("code", part.slice(1, -1)));
    else element.append(plain(part));
  }
  return element;
}

function table(lines) {
  const cells = (line) => line.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
  const element = document.createElement("table");
  lines.filter((_, i) => i !== 1).forEach((line, i) => {
    const row = element.insertRow();
    for (const cell of cells(line)) {
      const place = document.createElement(i ? "td" : "th");
      if (!i) place.scope = "col";
      row.append(inline(place, cell));
    }
  });
  return element;
}

function block(text) {
  const lines = text.split("\n");
  if (lines.length > 1 && lines.every((line) => line.startsWith("|"))) return table(lines);
  if (lines.every((line) => line.startsWith("- "))) {
    const list = document.createElement("ul");
    for (const line of lines) list.append(inline(document.createElement("li"), line.slice(2)));
    return list;
  }
  if (lines[0].startsWith("```")) return made("pre", lines.slice(1).filter((line) => !line.startsWith("```")).join("\n"));
  return inline(document.createElement("p"), text);
}

function blocks(text) {
  const found = [];
  let open = false;
  for (const piece of text.split(/\n{2,}/)) {
    if (open) found[found.length - 1] += "\n\n" + piece;
    else found.push(piece);
    if ((piece.match(/^```/gm) || []).length % 2) open = !open;
  }
  return found.filter((piece) => piece.trim()).map(block);
}

function show(answer) {
  session = answer.session_id;
  at("answer").replaceChildren(...blocks(answer.answer));
  for (const id of ["notices", "choices", "citations"]) at(id).replaceChildren();
  for (const notice of answer.notices) add(at("notices"), notice.text);
  for (const choice of answer.choices) button(at("choices"), choice.label, choice.question);
  for (const citation of answer.citations) {
    const item = add(at("citations"), "");
    item.value = citation.n;
    const linked = citation.url && /^https?:\/\//.test(citation.url);
    const title = document.createElement(linked ? "a" : "strong");
    title.textContent = citation.title;
    if (linked) { title.href = citation.url; title.rel = "noreferrer noopener"; }
    const quote = document.createElement("blockquote");
    quote.textContent = citation.quote;
    item.append(title, " — " + citation.locator, quote);
  }
  at("cited").hidden = answer.citations.length === 0;
  at("result").hidden = false;
}

async function ask() {
  const query = at("question").value.trim();
  if (!query) return;
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  at("state").textContent = "Recherche en cours…";
  try {
    const body = session ? { query, session_id: session } : { query };
    show(await call("/query", body, mine.signal));
    at("state").textContent = "";
  } catch (error) {
    if (error.name !== "AbortError") at("state").textContent = "Pas de réponse : " + error.message;
  }
}

at("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(); }
});
at("again").addEventListener("click", () => {
  session = null;
  at("result").hidden = true;
  at("question").value = "";
  at("question").focus();
});
call("/suggestions").then(
  (found) => { for (const { question } of found.questions) button(at("suggestions"), question, question); },
  () => {},
);
