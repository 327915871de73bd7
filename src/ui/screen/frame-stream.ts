import { Writable } from 'node:stream'

/**
 * Stands in for standard output: what the renderer writes in its debug mode is one whole frame at a time, which goes to
 * `frame`. It has the size of the real terminal, but tells nobody of changes: the renderer would at once draw anew what was of the
 * size before.
 */
export class FrameStream extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  readonly #frame: (text: string) => void

  constructor(columns: number, rows: number, frame: (text: string) => void) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    this.#frame = frame
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#frame(String(chunk))
    done()
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
  }
}
