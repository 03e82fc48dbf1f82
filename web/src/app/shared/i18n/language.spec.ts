import { en } from './en';
import { fr } from './fr';
import { preferred } from './language';

function leaves(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner as object, `${path}.${key}`) : [[`${path}.${key}`, inner] as [string, unknown]],
  );
}

describe('the language', () => {
  it('is the one chosen, else the browser’s first that we speak, else French', () => {
    expect(preferred('en', ['fr-FR'])).toBe('en');
    expect(preferred(null, ['de-DE', 'en-US', 'fr'])).toBe('en');
    expect(preferred(null, ['fr-CA', 'en'])).toBe('fr');
    expect(preferred(null, ['de'])).toBe('fr');
    expect(preferred('xx', [])).toBe('fr');
  });

  it('has the same texts in both, none empty', () => {
    expect(leaves(en).map(([path]) => path)).toEqual(leaves(fr).map(([path]) => path));
    for (const [path, text] of [...leaves(en), ...leaves(fr)]) expect(text, path).toBeTruthy();
  });
});
