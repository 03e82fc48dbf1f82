import DOMPurify from 'dompurify';
import { Marked, type Token, type Tokens } from 'marked';

/** What a rendered text may hold: nothing that runs, nothing that fetches. */
const TAGS = [
  'a', 'blockquote', 'br', 'code', 'del', 'em', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 'span', 'strong',
  'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
];
const ATTRIBUTES = ['href', 'data-language', 'align', 'start', 'class'];
const CLASSES = new Set(['task']);
const LANGUAGE = /^[a-z0-9+#.-]{1,20}$/i;

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The address, when it is a web address of one of these sites. */
export function allowedLink(href: string, origins: ReadonlySet<string>): string | null {
  try {
    const url = new URL(href);
    return (url.protocol === 'https:' || url.protocol === 'http:') && origins.has(url.origin) ? url.href : null;
  } catch {
    return null;
  }
}

function parser(origins: ReadonlySet<string>): Marked {
  const made = new Marked({ gfm: true });
  made.use({
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
      image: ({ text, href }: Tokens.Image) => escaped(text || href),
      link(token: Tokens.Link) {
        const label = this.parser.parseInline(token.tokens);
        const href = allowedLink(token.href, origins);
        if (href !== null) return `<a href="${escaped(href)}">${label}</a>`;
        return token.text === token.href ? label : `${label} (${escaped(token.href)})`;
      },
      heading({ tokens, depth }: Tokens.Heading) {
        const level = Math.min(6, depth + 2);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
      },
      code({ text, lang }: Tokens.Code) {
        const language = LANGUAGE.test(lang?.split(/\s/)[0] ?? '') ? (lang ?? '').split(/\s/)[0] : '';
        return `<pre data-language="${language}"><code>${escaped(text)}</code></pre>`;
      },
      checkbox: ({ checked }: Tokens.Checkbox) => `<span class="task">${checked ? '☑' : '☐'}</span> `,
    },
  });
  return made;
}

const parsers = new WeakMap<ReadonlySet<string>, Marked>();

/** HTML into a fragment of allowed elements: the last thing that happens to any text before it is shown. */
export function sanitized(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const element of fragment.querySelectorAll('[class]')) {
    const kept = [...element.classList].filter((name) => CLASSES.has(name) || name.startsWith('hljs'));
    element.className = kept.join(' ');
  }
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
  return fragment;
}

/** Markdown as inert elements. Raw HTML and images stay text; so do links to anywhere but `origins`. */
export function rendered(markdown: string, origins: ReadonlySet<string>): DocumentFragment {
  let marked = parsers.get(origins);
  if (marked === undefined) parsers.set(origins, (marked = parser(origins)));
  return sanitized(marked.parse(markdown, { async: false }));
}

const NOWHERE: ReadonlySet<string> = new Set();

/** Markdown without its marks, on one line. */
export function plainText(markdown: string): string {
  return (rendered(markdown, NOWHERE).textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** The text of an exact answer around its first table: the lead before it, the explanation after it. */
export function aroundTable(markdown: string): { lead: string; explanation: string } {
  const tokens: Token[] = new Marked({ gfm: true }).lexer(markdown);
  const cut = tokens.findIndex(({ type }) => type === 'list' || type === 'table');
  if (cut < 0) return { lead: markdown, explanation: '' };
  const text = (part: Token[]) => part.map((token) => token.raw).join('');
  const after = tokens.slice(cut);
  return { lead: text(tokens.slice(0, cut)), explanation: text(after[0]?.type === 'table' ? after.slice(1) : after) };
}
