/** What commands read from and write to: texts, pipes, files, devices. */
import type { Unsubscribable } from 'rxjs'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import { Once, type Receiver } from '../../kernel/once.ts'
import { type Steps, wait } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'

/** Bytes that a pipe holds before its writer has to wait. Source: Linux include/uapi/linux/limits.h, pipe(7). */
const pipeBytes = 65_536

/** What the first commands of a pipeline write before those after them are started, which real ones start meanwhile. */
export const earlyBytes = 4096

/** Where a command writes to. */
export interface Sink {
  write(bytes: ByteText): void
  /** Waits until there is room again; false: nobody reads any more, and who writes on is killed by SIGPIPE. */
  ready?(): Steps<boolean>
  /** Nobody reads any more. */
  readonly isBroken?: boolean
  /** What went wrong with writing since it was asked before: commands end with it, buffered as their output is. */
  takeFailure?(): FsErrorCode | undefined
  /** The script itself reads what is written: by `$(...)` or a pipe. */
  readonly isRead?: boolean
  /** The terminal, file or pipe has one writer fewer. */
  close?(): void
  /** One writer more: a child holds it too. */
  share?(): void
}

/** Where what is read comes from, a piece at a time. */
export interface Source {
  /** Undefined at the end. */
  read(): Steps<ByteText | undefined>
  /** Whether a reading would not have to wait; absent: it never has to. */
  isReady?(): boolean
  /** One reader more, one fewer. */
  share?(): void
  close?(): void
}

/** Swallows everything. */
export const nowhere: Sink = { write: () => {} }

/** The streams that a command is connected to, by number. */
export class Streams {
  stdin: Input
  out: Sink
  err: Sink
  /** Those from 3 on. */
  others: ReadonlyMap<number, Input | Sink>

  constructor(stdin: Input, out: Sink, err: Sink, others: ReadonlyMap<number, Input | Sink> = new Map()) {
    this.stdin = stdin
    this.out = out
    this.err = err
    this.others = others
  }

  /** The same with others in some places. */
  with(change: { readonly stdin?: Input; readonly out?: Sink; readonly err?: Sink }): Streams {
    return new Streams(change.stdin ?? this.stdin, change.out ?? this.out, change.err ?? this.err, this.others)
  }

  /** Takes what others are connected to, for the rest of the shell: `exec >file`. */
  become({ stdin, out, err, others }: Streams): void {
    this.stdin = stdin
    this.out = out
    this.err = err
    this.others = others
  }

  /** What is open under a number. */
  get(fd: number): Input | Sink | undefined {
    return fd === 0 ? this.stdin : fd === 1 ? this.out : fd === 2 ? this.err : this.others.get(fd)
  }

  /** One more that holds the open ends; `close` is one fewer. */
  share(): void {
    this.stdin.share()
    this.out.share?.()
    this.err.share?.()
  }

  close(): void {
    this.stdin.close()
    this.out.close?.()
    this.err.close?.()
  }
}

/** Collects what is written; `held` is told the size before more is kept. */
export class BufferSink implements Sink {
  readonly isRead = true
  #parts: string[] = []
  #length = 0
  readonly #held: (length: number) => void
  constructor(held: (length: number) => void) {
    this.#held = held
  }
  write(bytes: ByteText): void {
    this.#length += bytes.length
    this.#held(this.#length)
    this.#parts.push(bytes)
  }
  text(): ByteText {
    return this.#parts.join('')
  }
}

/** What a command may read; commands that share it read on where the one before stopped. */
export class Input {
  #rest: ByteText
  #source: Source | undefined
  /** Nothing is connected, which reads as empty. */
  static unconnected(): Input {
    const input = new Input('')
    input.#isConnected = false
    return input
  }

  #isConnected = true

  /** False: nothing is there to be read from, not even an empty pipe. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  /** Whether it is a file, so that its size is known before it is read. */
  readonly isFile: boolean

  constructor(text: ByteText, source?: Source, isFile = false) {
    this.#rest = text
    this.#source = source
    this.isFile = isFile
  }

  /** Whether a reading would not have to wait. */
  get isReady(): boolean {
    return this.#rest !== '' || this.#source?.isReady?.() !== false
  }

  /** What comes next; undefined at the end. */
  *chunk(): Steps<ByteText | undefined> {
    if (this.#rest !== '') {
      const text = this.#rest
      this.#rest = ''
      return text
    }
    if (this.#source === undefined) return undefined
    const text = yield* this.#source.read()
    if (text === undefined) this.#source = undefined
    return text
  }

  /** All that is left. `held` is told the size as it grows. */
  *all(held: (length: number) => void): Steps<ByteText> {
    const parts: string[] = []
    let length = 0
    for (let text = yield* this.chunk(); text !== undefined; text = yield* this.chunk()) {
      length += text.length
      held(length)
      parts.push(text)
    }
    return parts.join('')
  }

  /** A line with its end, if it has one; undefined when there is none left. */
  *line(held: (length: number) => void, end = '\n'): Steps<ByteText | undefined> {
    let line = ''
    for (let text = yield* this.chunk(); text !== undefined; text = yield* this.chunk()) {
      const at = text.indexOf(end)
      if (at >= 0) {
        this.#rest = text.slice(at + 1)
        return line + text.slice(0, at + 1)
      }
      line += text
      held(line.length)
    }
    return line === '' ? undefined : line
  }

  /** At most so many bytes; fewer only at the end, or where `end` comes before. */
  *take(count: number, held: (length: number) => void = () => {}, end?: string): Steps<ByteText> {
    const parts: ByteText[] = []
    let length = 0
    for (let isEnded = false; length < count && !isEnded; ) {
      const text = yield* this.chunk()
      if (text === undefined) break
      const at = end === undefined ? -1 : text.indexOf(end)
      const cut = Math.min(count - length, at < 0 ? text.length : at + 1)
      isEnded = at >= 0 && cut === at + 1
      parts.push(text.slice(0, cut))
      length += cut
      this.#rest = text.slice(cut)
      held(length)
    }
    return parts.join('')
  }

  share(): void {
    this.#source?.share?.()
  }

  close(): void {
    this.#source?.close?.()
  }
}

/** Bytes on their way from one command to the next. */
export class Pipe implements Sink, Source {
  readonly isRead = true
  #parts: ByteText[] = []
  #length = 0
  #writers = 1
  #readers = 1
  #waiting: Receiver<void>[] = []
  #room: number

  /** `room`: bytes that it holds before `opened` is called. */
  constructor(room = pipeBytes) {
    this.#room = room
  }

  get isBroken(): boolean {
    return this.#readers <= 0
  }

  /** Who reads is started by now. */
  opened(): void {
    this.#room = pipeBytes
    this.#tell()
  }

  write(bytes: ByteText): void {
    if (this.isBroken || bytes === '') return
    this.#parts.push(bytes)
    this.#length += bytes.length
    this.#tell()
  }

  *ready(): Steps<boolean> {
    while (this.#length > this.#room && !this.isBroken) yield* wait(new News(this.#waiting))
    return !this.isBroken
  }

  *read(): Steps<ByteText | undefined> {
    while (this.#length === 0 && this.#writers > 0) yield* wait(new News(this.#waiting))
    if (this.#length === 0) return undefined
    const text = this.#parts.join('')
    this.#parts = []
    this.#length = 0
    this.#tell()
    return text
  }

  share(): void {
    this.#writers++
  }

  close(): void {
    this.#writers--
    this.#tell()
  }

  /** The end that is read, to be shared and closed apart from the end that is written. */
  readonly reader: Source = {
    read: () => this.read(),
    isReady: () => this.#length > 0 || this.#writers <= 0,
    share: () => {
      this.#readers++
    },
    close: () => {
      this.#readers--
      if (this.isBroken) {
        this.#parts = []
        this.#length = 0
      }
      this.#tell()
    },
  }

  #tell(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const receiver of waiting) receiver.answered(undefined)
  }
}

/** Answers when the list of those who wait is called up. */
class News extends Once<void> {
  readonly #waiting: Receiver<void>[]
  constructor(waiting: Receiver<void>[]) {
    super()
    this.#waiting = waiting
  }
  begin(receiver: Receiver<void>): Unsubscribable {
    this.#waiting.push(receiver)
    return {
      unsubscribe: () => {
        const at = this.#waiting.indexOf(receiver)
        if (at >= 0) this.#waiting.splice(at, 1)
      },
    }
  }
}
