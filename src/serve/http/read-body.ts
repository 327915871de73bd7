import type { Asked } from './messages.ts'

/** What a request's body is, or why it is not read. */
export type ReadBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLong' }
  /** It did not come whole, or not in time. */
  | { readonly kind: 'broken' }
  /** Others are being read that take all the room there is. */
  | { readonly kind: 'noRoom' }

/** Bytes of all bodies together that may be waited for at once. */
const togetherMaxBytes = 64 * 1024 * 1024
let together = 0

/** How long a body may take. Source: Kubernetes apiserver's own limit is the request's, 60 s (--request-timeout). */
const bodyMaxMs = 60_000

/** Reads a body, and no more of it than `maxBytes`. */
export function readBody(request: Asked, maxBytes: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ kind: 'tooLong' })
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => done({ kind: 'broken' }), bodyMaxMs)
    let isOver = false
    const done = (body: ReadBody): void => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      together -= length
      length = 0
      request.removeAllListeners('data')
      resolve(body)
    }
    request.on('data', (part: Buffer) => {
      length += part.length
      together += part.length
      if (length > maxBytes) done({ kind: 'tooLong' })
      else if (together > togetherMaxBytes) done({ kind: 'noRoom' })
      else parts.push(part)
    })
    request.on('end', () => done({ kind: 'bytes', bytes: Buffer.concat(parts) }))
    request.on('aborted', () => done({ kind: 'broken' }))
    request.on('error', () => done({ kind: 'broken' }))
    request.on('close', () => done({ kind: 'broken' }))
  })
}
