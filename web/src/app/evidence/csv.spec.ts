import { csvOf } from './csv';

describe('CSV', () => {
  it('quotes what needs it and begins with the mark of UTF-8', () => {
    expect(csvOf(['flux', 'message'], [['A', 'dit "non", puis\nrien'], ['É', null]])).toBe(
      '\uFEFFflux,message\r\nA,"dit ""non"", puis\nrien"\r\nÉ,\r\n',
    );
  });

  it('lets no text be taken for a formula, and leaves numbers alone', () => {
    const lines = csvOf(['x'], [['=1+1'], ['+33'], ['@a'], ['-2'], ['\tx'], [-2.5], [true], [['=a']], [{ b: 1 }]]).split('\r\n');
    expect(lines.slice(1, -1)).toEqual(["'=1+1", "'+33", "'@a", "'-2", "'\tx", '-2.5', 'true', '"[""=a""]"', '"{""b"":1}"']);
  });
});
