const NUMBER = /\[(\d{1,3})\]/g;

/** Turns `[3]` in the text (not in code or links) into a button, for the numbers that are cited; what they cite is told with them. */
export function linkCitations(root: ParentNode & Node, cited: ReadonlyMap<number, string>, label: string): void {
  if (cited.size === 0) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (!text.parentElement?.closest('code, pre, a')) texts.push(text);
  }
  for (const text of texts) {
    const parts: (string | Node)[] = [];
    let from = 0;
    for (const match of text.data.matchAll(NUMBER)) {
      const n = Number(match[1]);
      if (!cited.has(n)) continue;
      parts.push(text.data.slice(from, match.index).replace(/ $/, '\u00a0'), citationButton(n, label, cited.get(n) ?? ''));
      from = match.index + match[0].length;
    }
    if (from > 0) text.replaceWith(...parts, text.data.slice(from));
  }
}

function citationButton(n: number, label: string, title: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cite';
  button.dataset['n'] = String(n);
  button.textContent = String(n);
  button.setAttribute('aria-label', `${label} ${n} : ${title}`);
  return button;
}

/** Puts each block of code under a bar with its language and a copy button. */
export function frameCode(root: ParentNode, copy: string, plain: string): void {
  for (const pre of root.querySelectorAll('pre')) {
    const frame = document.createElement('div');
    frame.className = 'code-frame';
    const bar = document.createElement('div');
    bar.className = 'code-bar';
    const language = document.createElement('span');
    language.textContent = pre.dataset['language'] || plain;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy-code';
    button.textContent = copy;
    bar.append(language, button);
    pre.tabIndex = 0;
    pre.replaceWith(frame);
    frame.append(bar, pre);
  }
}

/** Wide tables scroll in a box of their own. */
export function frameTables(root: ParentNode): void {
  for (const table of root.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0;
    frame.setAttribute('role', 'group');
    table.replaceWith(frame);
    frame.append(table);
  }
}

/** Marks `quote` in the text under `root`, letters and digits alone being compared; the first mark, null where it is not found.
 * A quote that stands otherwise on the page (list numbers, links, cells) is looked for line by line. */
export function markQuote(root: Node, quote: string): HTMLElement | null {
  const { text, places } = lettersUnder(root);
  const found = rangesOf(quote, text);
  const marks: HTMLElement[] = [];
  // From the end, so that what is split does not move what is still to be marked.
  for (const [begin, end] of found.toReversed()) marks.unshift(...markRange(places.slice(begin, end)));
  return marks[0] ?? null;
}

const SHORTEST = 4; // letters of a line that is looked for by itself
const LIST_MARK = /^\s*(?:\d+[.)]|[-*+>#]+|\[[ xX]\])\s+/;

/** Where the quote stands: as a whole, else its lines in their order, each without its list mark. */
function rangesOf(quote: string, text: string): [number, number][] {
  const whole = rangeOf(letters(quote), text, 0) ?? rangeOf(letters(quote.replace(LIST_MARK, '')), text, 0);
  if (whole) return [whole];
  const found: [number, number][] = [];
  for (const line of quote.split('\n')) {
    const wanted = letters(line.replace(LIST_MARK, '').replace(LIST_MARK, '').replace(/\]\([^)]*\)/g, ''));
    const range = wanted.length < SHORTEST ? null : rangeOf(wanted, text, found.at(-1)?.[1] ?? 0);
    if (range) found.push(range);
  }
  return found;
}

function rangeOf(wanted: string, text: string, from: number): [number, number] | null {
  const begin = wanted ? text.indexOf(wanted, from) : -1;
  return begin < 0 ? null : [begin, begin + wanted.length];
}

interface Place {
  node: Text;
  at: number;
}

function lettersUnder(root: Node): { text: string; places: Place[] } {
  const places: Place[] = [];
  let text = '';
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    for (let at = 0; at < node.data.length; at++) {
      const letter = letters(node.data.charAt(at));
      text += letter;
      for (let i = 0; i < letter.length; i++) places.push({ node, at });
    }
  }
  return { text, places };
}

function markRange(places: readonly Place[]): HTMLElement[] {
  const ranges = new Map<Text, [number, number]>();
  for (const { node, at } of places) {
    const range = ranges.get(node);
    if (range) range[1] = at + 1;
    else ranges.set(node, [at, at + 1]);
  }
  return [...ranges].map(([node, [from, to]]) => {
    const middle = node.splitText(from);
    middle.splitText(to - from);
    const mark = document.createElement('mark');
    middle.replaceWith(mark);
    mark.append(middle);
    return mark;
  });
}

/** French marks stay with their word at the end of a line: "Laquelle ?", "« hier »". Code keeps its spaces. */
export function keepTogether(root: Node): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (/ [?!:;»]|« /.test(text.data) && !text.parentElement?.closest('code, pre')) {
      text.data = text.data.replace(/ (?=[?!:;»](?:\s|$|[,.)]))/g, '\u00a0').replace(/« /g, '«\u00a0');
    }
  }
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}
