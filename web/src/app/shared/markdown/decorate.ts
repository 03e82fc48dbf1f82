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

/** Marks `quote` in the text under `root`, letters and digits alone being compared; whether it was found. */
export function markQuote(root: Node, quote: string): HTMLElement | null {
  const wanted = letters(quote);
  if (wanted.length === 0) return null;
  const places: { node: Text; at: number }[] = [];
  let all = '';
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    for (let at = 0; at < node.data.length; at++) {
      const letter = letters(node.data.charAt(at));
      if (letter === '') continue;
      all += letter;
      for (let i = 0; i < letter.length; i++) places.push({ node, at });
    }
  }
  const begin = all.indexOf(wanted);
  if (begin < 0) return null;
  const ranges = new Map<Text, [number, number]>();
  for (const { node, at } of places.slice(begin, begin + wanted.length)) {
    const range = ranges.get(node);
    if (range) range[1] = at + 1;
    else ranges.set(node, [at, at + 1]);
  }
  let first: HTMLElement | null = null;
  for (const [node, [from, to]] of ranges) {
    const middle = node.splitText(from);
    middle.splitText(to - from);
    const mark = document.createElement('mark');
    middle.replaceWith(mark);
    mark.append(middle);
    first ??= mark;
  }
  return first;
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}
