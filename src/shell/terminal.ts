import { Bell } from '../kernel/bell.ts'
import type { Once } from '../kernel/once.ts'
import type { ByteText } from './byte-text.ts'
import { Pipe, type Source } from './engine/streams.ts'
import type { OpenInput } from './program.ts'

/** Characters of control. Source: Linux drivers/tty/n_tty.c and termios(3), the defaults. */
const control = { interrupt: '\u0003', end: '\u0004', erase: '\u007f', back: '\b', kill: '\u0015' } as const
/** Longest line. Source: N_TTY_BUF_SIZE. */
const lineMax = 4096

/** What a person types comes as lines; it is echoed, may be taken back, and ctrl-C and ctrl-D mean what they mean. */
export class Terminal implements OpenInput {
  readonly isTerminal = true
  readonly #pipe = new Pipe()
  readonly #interrupts = new Bell()
  readonly #show: (bytes: ByteText) => void
  #line = ''

  constructor(show: (bytes: ByteText) => void) {
    this.#show = show
  }

  get source(): Source {
    return this.#pipe.reader
  }

  interrupted(): Once<void> {
    return this.#interrupts
  }

  /** Takes what was typed. */
  type(bytes: ByteText): void {
    for (const char of bytes) this.#key(char)
  }

  /** Nobody types any more. */
  close(): void {
    this.#pipe.close()
  }

  /** What a program writes, as a terminal shows it. */
  static shown(bytes: ByteText): ByteText {
    return bytes.replaceAll('\n', '\r\n')
  }

  #key(char: string): void {
    switch (char) {
      case '\r':
      case '\n':
        this.#show('\r\n')
        this.#send(`${this.#line}\n`)
        return
      case control.interrupt:
        this.#show('^C')
        this.#line = ''
        this.#interrupts.ring()
        return
      case control.end:
        if (this.#line === '') this.#pipe.close()
        else this.#send(this.#line)
        return
      case control.erase:
      case control.back:
        if (this.#line !== '') this.#show('\b \b')
        this.#line = this.#line.slice(0, -1)
        return
      case control.kill:
        this.#show('\b \b'.repeat(this.#line.length))
        this.#line = ''
        return
      default:
        if (this.#line.length >= lineMax) return
        this.#line += char
        this.#show(char < ' ' && char !== '\t' ? `^${String.fromCharCode(char.charCodeAt(0) + 64)}` : char)
    }
  }

  #send(text: ByteText): void {
    this.#line = ''
    this.#pipe.write(text)
  }
}

/** Input that somebody sends, as it is. */
export class PipedInput implements OpenInput {
  readonly isTerminal = false
  readonly #pipe = new Pipe()
  readonly #never = new Bell()

  get source(): Source {
    return this.#pipe.reader
  }

  interrupted(): Once<void> {
    return this.#never
  }

  type(bytes: ByteText): void {
    this.#pipe.write(bytes)
  }

  close(): void {
    this.#pipe.close()
  }
}
