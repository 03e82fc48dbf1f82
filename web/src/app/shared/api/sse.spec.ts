import { parseEvents, readEvents } from './sse';

const encoder = new TextEncoder();

function streamOf(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
      controller.close();
    },
  });
}

async function all(body: ReadableStream<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const { event, data } of readEvents(body)) found.push(`${event}=${data}`);
  return found;
}

describe('server-sent events', () => {
  it('keeps what is not complete for later', () => {
    const { events, rest } = parseEvents('event: token\ndata: {"a":1}\n\nevent: tok');
    expect(events).toEqual([{ event: 'token', data: '{"a":1}' }]);
    expect(rest).toBe('event: tok');
  });

  it('passes comments over, joins lines of data, knows every line end', () => {
    const { events } = parseEvents(': keep-alive\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata\rid: 7\r\r:');
    expect(events).toEqual([
      { event: 'x', data: 'one\ntwo' },
      { event: 'message', data: '' },
    ]);
  });

  it('gives the same events however the bytes are cut, letters included', async () => {
    const bytes = encoder.encode('event: token\r\ndata: échoué à 6 h\r\n\r\n: .\r\n\r\nevent: answer\r\ndata: ✓\r\n\r\n');
    for (let at = 0; at <= bytes.length; at++) {
      expect(await all(streamOf(bytes.slice(0, at), bytes.slice(at)))).toEqual(['token=échoué à 6 h', 'answer=✓']);
    }
    expect(await all(streamOf(...[...bytes].map((byte) => Uint8Array.of(byte))))).toHaveLength(2);
  });

  it('drops an event that was cut off', async () => {
    expect(await all(streamOf('data: whole\n\ndata: cut'))).toEqual(['message=whole']);
  });
});
