import type { Unsubscribable } from 'rxjs'
import type { VirtualMs } from '../../kernel/time.ts'
import { type ByteText, fromByteText, toByteText } from '../../shell/byte-text.ts'

export interface LogLine {
  readonly at: VirtualMs
  readonly stream: 'stdout' | 'stderr'
  readonly line: string
  /** Of a line that is no UTF-8: what was written. */
  readonly bytes?: ByteText
}

/** After which the kubelet rotates a container's log: what is older is gone. Source: containerLogMaxSize 10Mi. */
const maxBytes = 10 * 1024 * 1024

/** Who hears bytes rather than lines. */
export interface LogListener {
  bytes(stream: 'stdout' | 'stderr', bytes: ByteText): void
  ended(): void
}

function lineOf(at: VirtualMs, stream: LogLine['stream'], bytes: ByteText): LogLine {
  const line = fromByteText(bytes)
  return line.includes('\uFFFD') && toByteText(line) !== bytes ? { at, stream, line, bytes } : { at, stream, line }
}

/** What a container wrote, by lines. */
export class LogBuffer {
  #lines: LogLine[] = []
  #bytes = 0
  readonly #partial = { stdout: '', stderr: '' }
  #listeners: Set<LogListener> | undefined
  #followers: Set<{ readonly heard: (line: LogLine | undefined) => void }> | undefined

  /** Bytes as they come; a line is read as UTF-8 when it is whole. */
  write(at: VirtualMs, stream: 'stdout' | 'stderr', bytes: ByteText): void {
    if (this.#listeners !== undefined) for (const listener of [...this.#listeners]) listener.bytes(stream, bytes)
    const whole = this.#partial[stream] + bytes
    const parts = whole.split('\n')
    this.#partial[stream] = parts.pop() ?? ''
    for (const line of parts) this.#push(lineOf(at, stream, line))
  }

  /** Tells of each line from now on, and of the end as undefined. */
  follow(heard: (line: LogLine | undefined) => void): Unsubscribable {
    this.#followers ??= new Set()
    const follower = { heard }
    this.#followers.add(follower)
    return { unsubscribe: () => this.#followers?.delete(follower) }
  }

  /** Tells of all bytes from now on, as they are written, and of the end. */
  listen(listener: LogListener): Unsubscribable {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return { unsubscribe: () => this.#listeners?.delete(listener) }
  }

  /** Ends what was begun: the program is gone. */
  close(at: VirtualMs): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#partial[stream] !== '') this.#push(lineOf(at, stream, this.#partial[stream]))
      this.#partial[stream] = ''
    }
    for (const { heard } of [...(this.#followers ?? [])]) heard(undefined)
    for (const listener of [...(this.#listeners ?? [])]) listener.ended()
  }

  lines(): readonly LogLine[] {
    return this.#lines
  }

  #push(line: LogLine): void {
    this.#lines.push(line)
    if (this.#followers !== undefined) for (const { heard } of [...this.#followers]) heard(line)
    this.#bytes += line.line.length + 1
    if (this.#bytes <= maxBytes) return
    let dropped = 0
    while (this.#bytes > maxBytes / 2 && dropped < this.#lines.length - 1)
      this.#bytes -= (this.#lines[dropped++]?.line.length ?? 0) + 1
    this.#lines = this.#lines.slice(dropped)
  }
}
