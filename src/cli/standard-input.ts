import { readSync } from 'node:fs'

/** How long to wait before a descriptor is asked again, in milliseconds. */
const pauseMs = 10

/**
 * All that comes on standard input. A descriptor that does not block (a terminal, a pipe that its maker set so) says EAGAIN
 * while there is nothing: it is asked again. Throws what reading throws otherwise.
 */
export function readStandardInput(): Uint8Array {
  const parts: Uint8Array[] = []
  const chunk = new Uint8Array(65_536)
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const count = readSome(chunk)
    if (count === 0) return Buffer.concat(parts)
    if (count === undefined) Atomics.wait(never, 0, 0, pauseMs)
    else parts.push(chunk.slice(0, count))
  }
}

/** Bytes read; 0 at the end, undefined when there is nothing yet. */
function readSome(chunk: Uint8Array): number | undefined {
  try {
    return readSync(0, chunk)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EOF') return 0
    if (code === 'EAGAIN') return undefined
    throw error
  }
}
