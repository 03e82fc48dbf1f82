/** `path#L10-L42` taken apart; null for what is no place in a file. */
export function fileLines(locator: string): { path: string; from: number; to: number } | null {
  const match = /^(.+)#L(\d+)(?:-L(\d+))?$/.exec(locator);
  if (match === null) return null;
  const from = Number(match[2]);
  return { path: match[1] ?? '', from, to: Number(match[3] ?? from) };
}

/** The headings above a passage, outermost first. */
export function headings(locator: string): string[] {
  return locator.split(/\s+[>›]\s+/).filter(Boolean);
}

const LANGUAGES: Record<string, string> = {
  py: 'python', sql: 'sql', sh: 'bash', java: 'java', js: 'javascript', ts: 'typescript', json: 'json', yaml: 'yaml',
  yml: 'yaml', xml: 'xml', html: 'xml', c: 'c', h: 'c', cpp: 'cpp', go: 'go', ini: 'ini', toml: 'ini', properties: 'ini',
};

export function languageOf(path: string): string {
  return LANGUAGES[path.split('.').pop()?.toLowerCase() ?? ''] ?? '';
}
