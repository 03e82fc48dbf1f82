/** Code in colours; null where its language is unknown, or the colours cannot be loaded now. */
export async function coloured(code: string, language: string): Promise<DocumentFragment | null> {
  try {
    const { highlighted } = await import('./highlight');
    return highlighted(code, language);
  } catch {
    return null; // plain code is readable too
  }
}
