import { expect, test } from 'vitest'
import type { Room } from '../../src/serve/room.ts'
import type { SpdyStream } from '../../src/serve/spdy/connection.ts'
import { forwardPorts } from '../../src/serve/streams/ports.ts'

/** A stream of a client, and what is written to it. */
function streamOf(kind: string) {
  const written: string[] = []
  const stream = {
    headers: new Map([
      ['streamtype', kind],
      ['port', '8080'],
      ['requestid', '0'],
    ]),
    data: (_bytes: Buffer) => {},
    write: (bytes: Buffer) => void written.push(bytes.toString()),
    end: () => {},
  }
  return { stream, written }
}

test('a forwarded request reaches the program with its method and headers, and is answered', () => {
  const asked: unknown[] = []
  const parts = { clock: { catchUp() {} }, complain: (_what: string, error: unknown) => expect(error).toBeUndefined() }
  const room = parts as unknown as Room // no more of it is used here
  const take = forwardPorts(room, {
    kind: 'ports',
    ask(port, { path, method, headers }) {
      asked.push([port, path, method, headers?.get('authorization')])
      return { ok: true, answer: { code: 401, headers: {}, body: 'no\n' } }
    },
  })
  const [data, error] = [streamOf('data'), streamOf('error')]
  for (const { stream } of [error, data]) take(stream as unknown as SpdyStream) // what a stream has that is used here
  data.stream.data(Buffer.from('POST /in?a=b HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eA==\r\n\r\n'))
  expect(asked).toEqual([[8080, '/in?a=b', 'POST', 'Basic eA==']])
  expect(data.written.join('')).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*\r\n\r\nno\n$/s)
  expect(error.written).toEqual([])
})
