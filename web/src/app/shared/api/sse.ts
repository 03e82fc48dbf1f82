/** One server-sent event: its name, and its data as it came. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** The complete events at the beginning of `text`, and what is left of it. Comments and unknown fields are passed over. */
export function parseEvents(text: string): { events: ServerEvent[]; rest: string } {
  const events: ServerEvent[] = [];
  // A carriage return at the very end may be half of a line end.
  const held = text.endsWith('\r') ? '\r' : '';
  const whole = text.slice(0, text.length - held.length).replace(/\r\n?/g, '\n');
  const blocks = whole.split('\n\n');
  const rest = blocks.pop() ?? '';
  for (const block of blocks) {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'event') event = value ?? '';
      else if (field === 'data') data.push(value ?? '');
    }
    if (data.length > 0) events.push({ event, data: data.join('\n') });
  }
  return { events, rest: rest + held };
}

/** The events of a response's body as they come. An unfinished one at the end is dropped, as the standard has it. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parsed = parseEvents(rest + decoder.decode(value, { stream: true }));
      rest = parsed.rest;
      yield* parsed.events;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
