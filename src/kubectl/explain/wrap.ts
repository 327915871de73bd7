/** How `explain` breaks lines. */

/**
 * Breaks at spaces, which stay as they are elsewhere; longer words stand alone.
 * Source: mitchellh/go-wordwrap wordwrap.go, WrapString, of kubectl 1.27 on.
 */
export function wordWrap(text: string, limit: number): string {
  let [done, current, word, space] = ['', 0, '', '']
  const take = (): void => {
    current += space.length + word.length
    done += space + word
    word = ''
    space = ''
  }
  for (const char of text) {
    if (char === '\n') {
      if (word === '' && current + space.length > limit) space = ''
      take()
      done += char
      current = 0
    } else if (/\s/.test(char) && char !== '\u00a0') {
      if (space === '' || word !== '') take()
      space += char
    } else {
      word += char
      if (current + word.length + space.length <= limit || word.length >= limit) continue
      done += '\n'
      current = 0
      space = ''
    }
  }
  return done + (word === '' && current + space.length > limit ? '' : space + word)
}

/** Words in lines, as kubectl 1.18 has them. Source: v0.18 pkg/explain/formatter.go, wrapString. */
export function wordsInLines(text: string, limit: number): readonly string[] {
  const lines = new Lines(limit)
  lines.add(text)
  return lines.all()
}

/** The same, but paragraphs, lists and code stay apart. Source: pkg/explain/formatter.go, wrapString, since 1.19. */
export function paragraphsInLines(text: string, limit: number): readonly string[] {
  const lines = new Lines(limit)
  for (const given of text.split('\n')) {
    const trimmed = given.trim()
    if (given.startsWith('    ')) lines.addLine(given)
    else if (lines.hasEnded && trimmed === '') lines.addLine('')
    else {
      if (lines.lastWord.endsWith(':') || trimmed === '' || /^(\d+\.?|-|\*)\s/.test(trimmed)) lines.end()
      lines.add(given)
    }
  }
  return lines.all()
}

/** Lines of at most so many characters, or of one longer word. */
class Lines {
  readonly #limit: number
  readonly #ended: string[] = []
  #line = ''
  /** The last word that did not begin a line of its own. */
  lastWord = ''

  constructor(limit: number) {
    this.#limit = limit
  }

  get hasEnded(): boolean {
    return this.#ended.length > 0
  }

  add(text: string): void {
    for (const word of text.split(/\s+/).filter((one) => one !== '')) {
      this.lastWord = word
      const isFull = this.#line !== '' && this.#line.length + 1 + word.length > this.#limit
      if (isFull) this.end()
      this.#line = this.#line === '' ? word : `${this.#line} ${word}`
    }
  }

  /** Ends the line that has begun. */
  end(): void {
    if (this.#line === '') return
    this.#ended.push(this.#line)
    this.#line = ''
    this.lastWord = ''
  }

  addLine(text: string): void {
    this.end()
    this.#ended.push(text)
  }

  all(): readonly string[] {
    this.end()
    return this.#ended
  }
}
