/** What a run of jq reads: values of files one after the other, raw lines, or all in one. */
import { JsonTexts } from './json-text.ts'
import type { Json } from './values.ts'

/** A value, or what is wrong with a text. */
export type Input = { readonly value: Json } | { readonly message: string }

/** How inputs are read. */
export interface InputOptions {
  readonly isRawInput: boolean
  readonly slurps: boolean
}

/** Files that count as one text. Source: jq src/util.c, jq_util_input_next_input. */
export class JqInputs {
  readonly #texts: readonly { readonly name: string | null; readonly text: string }[]
  readonly #options: InputOptions
  readonly #values: Generator<Input>
  #at = 0
  /** What is being read, which knows how far it is. */
  #reader: { readonly line: number } | undefined

  constructor(texts: readonly { readonly name: string | null; readonly text: string }[], options: InputOptions) {
    this.#texts = texts
    this.#options = options
    this.#values = this.#all()
  }

  next(): Input | undefined {
    const { value, done } = this.#values.next()
    return done === true ? undefined : value
  }

  /** The file that is being read; null: none yet. */
  get name(): string | null {
    if (this.#reader === undefined) return null
    return this.#texts[this.#at]?.name ?? '<stdin>'
  }

  get line(): number {
    return this.#reader?.line ?? 0
  }

  /** `<stdin>:3`, as errors say where a value came from. */
  get place(): string {
    return this.#reader === undefined ? '<unknown>' : `${this.name}:${this.line}`
  }

  *#all(): Generator<Input> {
    if (this.#options.isRawInput) return yield* this.#raw()
    if (!this.#options.slurps) return yield* this.#json()
    const values: Json[] = []
    for (const read of this.#json()) {
      if ('message' in read) return yield read
      values.push(read.value)
    }
    yield { value: values }
  }

  *#json(): Generator<Input> {
    for (const [i, { text }] of this.#texts.entries()) {
      this.#at = i
      const texts = new JsonTexts(text)
      this.#reader = texts
      for (let read = texts.next(); read !== undefined; read = texts.next()) {
        yield read
        if ('message' in read) return
      }
    }
  }

  *#raw(): Generator<Input> {
    const whole = this.#texts.map(({ text }) => text).join('')
    const reader = { line: 0 }
    this.#reader = reader
    if (this.#options.slurps) return yield { value: whole }
    const lines = whole.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const value of lines) {
      reader.line++
      yield { value }
    }
  }
}
