import { skipReason, skippedName } from './skip-reasons';

describe('skipReason', () => {
  it('says known reasons in French, with what varies in its place', () => {
    expect(skipReason('restricted', 'fr')).toBe('accès restreint');
    expect(skipReason('3 values for 12 columns', 'fr')).toBe('3 valeurs pour 12 colonnes');
    expect(skipReason('too large: 2,400,000 bytes, more than 1,000,000', 'fr')).toBe('trop gros : 2,400,000 octets, plus que 1,000,000');
    expect(skipReason('guide.pdf: it has 900 pages, more than 500', 'fr')).toBe('guide.pdf : 900 pages, plus que 500');
  });

  it('takes the most telling of the reasons that fit', () => {
    expect(skipReason("the name 'a' is already taken by a.csv: rename one", 'fr')).toBe("le nom 'a' est déjà pris par a.csv : renommez l’un des deux");
  });

  it('leaves unknown reasons, and English ones in English, as they are', () => {
    expect(skipReason('$& <b>out of cheese</b>', 'fr')).toBe('$& <b>out of cheese</b>');
    expect(skipReason('could not be read: $1 {} \n$&', 'fr')).toBe('n’a pas pu être lu : $1 {} \n$&');
    expect(skipReason('restricted', 'en')).toBe('restricted');
  });

  it('says places of an export, and leaves names alone', () => {
    expect(skippedName('line 12', 'fr')).toBe('ligne 12');
    expect(skippedName('lines 3, 4 and 2 more', 'fr')).toBe('lignes 3, 4 et 2 de plus');
    expect(skippedName('online 12.csv', 'fr')).toBe('online 12.csv');
    expect(skippedName('line 12', 'en')).toBe('line 12');
  });
});
