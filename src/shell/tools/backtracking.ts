/** Matches patterns with back-references, which no automaton can. It counts its steps, so that it always ends. */
import { RegexError, type RegexMatch, type RegexNode } from './regex-syntax.ts'

/** Steps of one search. Measured: some 20 ms. */
const maxSteps = 200_000

type Groups = readonly (readonly [start: number, end: number] | undefined)[]
/** Called where a part has matched; says whether the rest matches too. */
type Rest = (at: number, groups: Groups) => boolean

/** Throws a RegexError in the words of the C library when it would take too long. */
export function matchByBacktracking(
  node: RegexNode,
  text: string,
  from: number,
  groupCount: number,
  ignoreCase: boolean,
  wholeLine: boolean,
): RegexMatch | undefined {
  const search = new Search(text, ignoreCase)
  for (let start = from; start <= (wholeLine ? Math.min(from, 0) : text.length); start++) {
    let best: RegexMatch | undefined
    const empty: Groups = Array.from({ length: groupCount }, () => undefined)
    // Longest first is not known beforehand: all ways are tried, and the longest is kept.
    search.match(node, start, empty, (end, groups) => {
      if (wholeLine && end < text.length) return false
      if (best === undefined || end > best.end)
        best = { start, end, groups: groups.map((span) => span && text.slice(span[0], span[1])) }
      return end === text.length
    })
    if (best !== undefined) return best
  }
  return undefined
}

class Search {
  readonly #text: string
  readonly #ignoreCase: boolean
  #steps = 0

  constructor(text: string, ignoreCase: boolean) {
    this.#text = text
    this.#ignoreCase = ignoreCase
  }

  match(node: RegexNode, at: number, groups: Groups, rest: Rest): boolean {
    if (++this.#steps > maxSteps) throw new RegexError('Memory exhausted')
    const char = this.#text.charAt(at)
    switch (node.kind) {
      case 'char':
        return at < this.#text.length && this.#same(char, node.char) && rest(at + 1, groups)
      case 'any':
        return at < this.#text.length && rest(at + 1, groups)
      case 'set':
        return (
          at < this.#text.length &&
          new RegExp(node.source, this.#ignoreCase ? 'i' : '').test(char) &&
          rest(at + 1, groups)
        )
      case 'start':
        return at === 0 && rest(at, groups)
      case 'end':
        return at === this.#text.length && rest(at, groups)
      case 'boundary':
        return this.#isBoundary(at) === (node.source === '\\b') && rest(at, groups)
      case 'group':
        return this.match(node.body, at, groups, (end, inner) =>
          rest(
            end,
            inner.map((each, i) => (i === node.number - 1 ? ([at, end] as const) : each)),
          ),
        )
      case 'sequence':
        return this.#sequence(node.parts, 0, at, groups, rest)
      case 'choice':
        return node.options.some((option) => this.match(option, at, groups, rest))
      case 'repeat':
        return this.#repeat(node, 0, at, groups, rest)
      case 'reference': {
        const span = groups[node.number - 1]
        const wanted = span === undefined ? '' : this.#text.slice(span[0], span[1])
        const found = this.#text.slice(at, at + wanted.length)
        return span !== undefined && this.#same(found, wanted) && rest(at + wanted.length, groups)
      }
    }
  }

  #same(a: string, b: string): boolean {
    return a === b || (this.#ignoreCase && a.toLowerCase() === b.toLowerCase())
  }

  #isBoundary(at: number): boolean {
    const isWord = (char: string): boolean => /\w/.test(char)
    return isWord(this.#text.charAt(at - 1)) !== isWord(this.#text.charAt(at))
  }

  #sequence(parts: readonly RegexNode[], next: number, at: number, groups: Groups, rest: Rest): boolean {
    const part = parts[next]
    if (part === undefined) return rest(at, groups)
    return this.match(part, at, groups, (end, inner) => this.#sequence(parts, next + 1, end, inner, rest))
  }

  #repeat(
    node: Extract<RegexNode, { kind: 'repeat' }>,
    count: number,
    at: number,
    groups: Groups,
    rest: Rest,
  ): boolean {
    const mayGoOn = node.max === undefined || count < node.max
    const goesOn =
      mayGoOn &&
      this.match(node.body, at, groups, (end, inner) =>
        // A round that takes nothing is the last one.
        end === at && count >= node.min ? false : this.#repeat(node, count + 1, end, inner, rest),
      )
    return goesOn || (count >= node.min && rest(at, groups))
  }
}
