import { frameCode, linkCitations, markQuote } from './decorate';

function place(html: string): HTMLElement {
  const element = document.createElement('div');
  element.append(document.createRange().createContextualFragment(html));
  return element;
}

describe('citation numbers', () => {
  it('become buttons where they are cited, not in code, links or unknown', () => {
    const text = place('<p>Relancer [1][2], voir [9].</p><pre><code>a[1]</code></pre><a href="#">[1]</a>');
    linkCitations(text, new Map([[1, 'Jetons'], [2, 'Relance']]), 'Source');
    expect([...text.querySelectorAll('button')].map((button) => button.getAttribute('aria-label'))).toEqual(['Source 1 : Jetons', 'Source 2 : Relance']);
    expect(text.textContent).toContain('[9]');
    expect(text.querySelector('code')?.textContent).toBe('a[1]');
  });
});

describe('a quote', () => {
  it('is marked across elements, spacing and marks of Markdown aside', () => {
    const text = place('<p>Renouveler le <strong>jeton</strong>\n puis <em>relancer</em>.</p><p>Fin.</p>');
    expect(markQuote(text, '- Renouveler le **jeton** puis relancer')).not.toBeNull();
    expect([...text.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['Renouveler le', 'jeton', 'puis', 'relancer']);
    expect(text.textContent).toBe('Renouveler le jeton\n puis relancer.Fin.');
  });

  it('is marked line by line where the page has its list numbers and cells otherwise', () => {
    const text = place('<p>Intro</p><ol><li>Lire le code</li><li>Relancer <a>ici</a></li></ol><p>Fin</p>');
    expect(markQuote(text, '1. Lire le code\n2. Relancer [ici](https://wiki.example/x)')?.textContent).toBe('Lire le code');
    expect([...text.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['Lire le code', 'Relancer', 'ici']);
    const one = place('<ol start="3"><li>Les reprises passent avant.</li></ol>');
    expect(markQuote(one, '3. Les reprises passent avant.')?.textContent).toBe('Les reprises passent avant');
  });

  it('that is not there marks nothing', () => {
    const text = place('<p>Autre chose</p>');
    expect(markQuote(text, 'Renouveler')).toBeNull();
    expect(markQuote(text, '…')).toBeNull();
    expect(text.innerHTML).toBe('<p>Autre chose</p>');
  });
});

describe('code', () => {
  it('gets a bar with its language and a copy button', () => {
    const text = place('<pre data-language="sql"><code>SELECT 1</code></pre>');
    frameCode(text, 'Copier', 'texte');
    expect(text.querySelector('.code-bar')?.textContent).toBe('sqlCopier');
    expect(text.querySelector('.code-frame code')?.textContent).toBe('SELECT 1');
  });
});
