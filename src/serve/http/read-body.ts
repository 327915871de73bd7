import type { Asked } from './messages.ts'

/** What a request's body is, or why it is not read. */
export type ReadBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLong' }
  /** It did not come whole, or not in time. */
  | { readonly kind: 'broken' }

/** How long a body may take. Source: Kubernetes apiserver's own limit is the request's, 60 s (--request-timeout). */
const bodyMaxMs = 60_000

/** Reads a body, and no more of it than `maxBytes`. */
export function readBody(request: Asked, maxBytes: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve({ kind: 'tooLong' })
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => done({ kind: 'broken' }), bodyMaxMs)
    const done = (body: ReadBody): void => {
      clearTimeout(timer)
      request.removeAllListeners('data')
      resolve(body)
    }
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length > maxBytes) done({ kind: 'tooLong' })
      else parts.push(part)
    })
    request.on('end', () => done({ kind: 'bytes', bytes: Buffer.concat(parts) }))
    request.on('aborted', () => done({ kind: 'broken' }))
    request.on('error', () => done({ kind: 'broken' }))
    request.on('close', () => done({ kind: 'broken' }))
  })
}
