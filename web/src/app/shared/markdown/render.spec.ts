import { aroundTable, allowedLink, rendered } from './render';

const WIKI = new Set(['https://wiki.example.com']);

function html(markdown: string): string {
  const place = document.createElement('div');
  place.append(rendered(markdown, WIKI));
  return place.innerHTML;
}

describe('Markdown', () => {
  it('shows tables, task lists, code and emphasis', () => {
    expect(html('| a | b |\n|---|--:|\n| 1 | 2 |')).toContain('<td align="right">2</td>');
    expect(html('- [x] fait\n- [ ] reste')).toMatch(/class="task">☑<\/span> fait.*class="task">☐<\/span> reste/s);
    expect(html('```python\nx = 1 < 2\n```')).toContain('<pre data-language="python"><code>x = 1 &lt; 2');
    expect(html('**gras**')).toContain('<strong>gras</strong>');
  });

  it('keeps raw HTML as text', () => {
    const shown = html('<script>alert(1)</script> <b onclick="x()">b</b>\n\n<div>\n<iframe src="https://e.example"></iframe>\n</div>');
    expect(shown).not.toMatch(/<(script|b|div|iframe)/);
    expect(shown).toContain('&lt;iframe');
  });

  it('links only to the configured sites, names the others', () => {
    expect(html('[page](https://wiki.example.com/x?a=1)')).toContain('<a href="https://wiki.example.com/x?a=1"');
    expect(html('[page](https://wiki.example.com/x)')).toContain('rel="noopener noreferrer"');
    for (const href of ['https://evil.example/', 'javascript:alert(1)', 'data:text/html,x', '//evil.example', '/ingest', 'https://wiki.example.com.evil.example']) {
      const shown = html(`[page](${href})`);
      expect(shown).not.toContain('<a');
      expect(shown).toContain('page');
      expect(shown).toContain(href);
    }
  });

  it('fetches nothing', () => {
    expect(html('![un plan](https://evil.example/p.png)')).toBe('<p>un plan</p>\n');
    expect(html('<img src="https://evil.example/p.png"><svg><image href="x"/></svg>')).not.toMatch(/<(img|svg|image)/);
  });

  it('takes no class, style or attribute from a text', () => {
    expect(html('```"><img src=x>\nx\n```')).toContain('<pre data-language="">');
    expect(html('[a](https://wiki.example.com "x\\" onmouseover=alert(1)")')).not.toContain('onmouseover=');
  });
});

describe('links', () => {
  it('are compared by origin, not by their beginning', () => {
    expect(allowedLink('https://wiki.example.com:443/a', WIKI)).toBe('https://wiki.example.com/a');
    expect(allowedLink('https://wiki.example.com@evil.example/', WIKI)).toBeNull();
    expect(allowedLink('http://wiki.example.com/', WIKI)).toBeNull();
    expect(allowedLink('not a link', WIKI)).toBeNull();
  });
});

describe('the text around a table', () => {
  it('is a lead before it and an explanation after it, nothing lost', () => {
    const { lead, explanation } = aroundTable('**2** flux.\n\n| f | n |\n|---|---|\n| A | 1 |\n\n- Période\n- `status`\n');
    expect(lead.trim()).toBe('**2** flux.');
    expect(explanation.trim()).toBe('- Période\n- `status`');
  });

  it('is all lead where there is neither table nor list', () => {
    expect(aroundTable('Oui.\n\nVraiment.')).toEqual({ lead: 'Oui.\n\nVraiment.', explanation: '' });
  });

  it('begins its explanation at the list of a single number', () => {
    expect(aroundTable('**12** échecs.\n\n- Période').explanation).toBe('- Période');
  });
});
