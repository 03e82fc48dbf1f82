import { ageOf } from './session-store';

describe('the age of a session', () => {
  it('goes by calendar days, not by hours', () => {
    const now = new Date(2026, 10, 20, 6, 0);
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();
    expect(ageOf(at(20, 0), now)).toBe('today');
    expect(ageOf(at(19, 23), now)).toBe('yesterday');
    expect(ageOf(at(19, 0), now)).toBe('yesterday');
    expect(ageOf(at(18, 23), now)).toBe('week');
    expect(ageOf(at(14, 0), now)).toBe('week');
    expect(ageOf(at(13, 23), now)).toBe('older');
  });
});
