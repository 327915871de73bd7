/** Numbers of the lines of a text: who asks goes on through it, so that the last answer is remembered. */
export class Lines {
  readonly #text: string
  readonly #first: number
  readonly #from: number
  #index: number
  #line: number

  /** `first`: the number of the line in which the index `from` lies. */
  constructor(text: string, first: number, from = 0) {
    this.#text = text
    this.#first = first
    this.#from = from
    this.#index = from
    this.#line = first
  }

  /** Of the line in which an index lies. */
  at(index: number): number {
    if (index < this.#index) {
      this.#index = this.#from
      this.#line = this.#first
    }
    for (let i = this.#text.indexOf('\n', this.#index); i >= 0 && i < index; i = this.#text.indexOf('\n', i + 1))
      this.#line++
    this.#index = index
    return this.#line
  }
}

/** The text of the line in which an index lies. */
export function lineText(text: string, index: number): string {
  const start = index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1
  const end = text.indexOf('\n', index)
  return text.slice(start, end < 0 ? text.length : end)
}
