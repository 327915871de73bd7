/**
 * POSIX regular expressions, basic and extended, with GNU's additions. They are read here and matched by RE2 in linear
 * time, leftmost and longest; those with back-references, which RE2 has not, by a matcher that counts its steps.
 * Source: POSIX XBD 9; GNU grep's manual.
 */
import { compileRegexp, type GoRegexp } from '../../go/regexp.ts'
import { fromByteText } from '../byte-text.ts'
import { matchByBacktracking } from './backtracking.ts'
import { RegexError, type RegexMatch, type RegexNode, readRegex } from './regex-syntax.ts'

/** A pattern made ready. It works on text, not on bytes. */
export interface Regex {
  /** The first match that begins at `from` or later; of those that begin there, the longest. */
  find(text: string, from?: number): RegexMatch | undefined
  test(text: string): boolean
  readonly groupCount: number
}

export interface RegexOptions {
  readonly extended: boolean
  readonly ignoreCase?: boolean
  /** The text means itself. */
  readonly fixed?: boolean
  /** The whole line, or a whole word, must match. */
  readonly whole?: 'line' | 'word'
}

/** A pattern in byte text as a Regex, or what is wrong with it in the words of the C library. */
export function compileRegex(pattern: string, options: RegexOptions): Regex | string {
  try {
    return compile(fromByteText(pattern), options)
  } catch (error) {
    if (error instanceof RegexError) return error.message
    throw error
  }
}

/** Several patterns as one: any of them may match. */
export function compileAny(patterns: readonly string[], options: RegexOptions): Regex | string {
  const all: Regex[] = []
  for (const pattern of patterns) {
    const one = compileRegex(pattern, options)
    if (typeof one === 'string') return one
    all.push(one)
  }
  const [only] = all
  if (only !== undefined && all.length === 1) return only
  return {
    groupCount: 0,
    test: (text) => all.some((each) => each.test(text)),
    find(text, from = 0) {
      let best: RegexMatch | undefined
      for (const each of all) {
        const found = each.find(text, from)
        if (found === undefined) continue
        if (best === undefined || found.start < best.start || (found.start === best.start && found.end > best.end))
          best = found
      }
      return best
    },
  }
}

function compile(pattern: string, { extended, ignoreCase = false, fixed = false, whole }: RegexOptions): Regex {
  const { node, groupCount, hasBackReference } = fixed
    ? { node: literal(pattern), groupCount: 0, hasBackReference: false }
    : readRegex(pattern, extended)
  if (hasBackReference) return backtracking(node, groupCount, ignoreCase, whole)
  const source = sourceOf(node)
  const bounded = whole === 'line' ? `^(?:${source})$` : source
  const program = compileRe2(bounded, ignoreCase)
  const regex: Regex = {
    groupCount,
    test: (text) => program.test(text),
    find: (text, from = 0) => findWith(program, text, from),
  }
  return whole === 'word' ? wordOnly(regex) : regex
}

function compileRe2(source: string, ignoreCase: boolean): GoRegexp {
  const compiled = compileRegexp(source, { ignoreCase, dotAll: true, longest: true })
  // What was read is well formed: RE2 refuses only what becomes too large, such as (a{1000}){1000}.
  if (!compiled.ok) throw new RegexError('Regular expression too big')
  return compiled.regexp
}

function findWith(regexp: GoRegexp, text: string, from: number): RegexMatch | undefined {
  const found = regexp.exec(text, from)
  return found && { start: found.index, end: found.end, groups: found.groups.slice(1) }
}

/** A match that is a whole word: shorter ones at the same place and later ones are tried, as GNU grep does. */
function wordOnly(regex: Regex): Regex {
  const isWord = (char: string): boolean => /[\p{L}\p{N}_]/u.test(char)
  const find = (text: string, from = 0): RegexMatch | undefined => {
    for (let at = from; at <= text.length; at++) {
      const found = regex.find(text, at)
      if (found === undefined) return undefined
      const isAlone = (found.start === 0 || !isWord(text.charAt(found.start - 1))) && !isWord(text.charAt(found.end))
      if (isAlone && found.end > found.start) return found
      at = found.start
    }
    return undefined
  }
  return { groupCount: regex.groupCount, find, test: (text) => find(text) !== undefined }
}

function backtracking(node: RegexNode, groupCount: number, ignoreCase: boolean, whole: RegexOptions['whole']): Regex {
  const find = (text: string, from = 0): RegexMatch | undefined => {
    const found = matchByBacktracking(node, text, from, groupCount, ignoreCase, whole === 'line')
    return found
  }
  const regex: Regex = { groupCount, find, test: (text) => find(text) !== undefined }
  return whole === 'word' ? wordOnly(regex) : regex
}

function literal(text: string): RegexNode {
  return { kind: 'sequence', parts: Array.from(text, (char) => ({ kind: 'char', char }) as const) }
}

/** The pattern as RE2 writes it. */
function sourceOf(node: RegexNode): string {
  switch (node.kind) {
    case 'char':
      return escaped(node.char)
    case 'any':
      return '.'
    case 'set':
      return node.source
    case 'start':
      return '^'
    case 'end':
      return '$'
    case 'boundary':
      return node.source
    case 'group':
      return `(${sourceOf(node.body)})`
    case 'sequence':
      return node.parts.map(sourceOf).join('')
    case 'choice':
      return `(?:${node.options.map(sourceOf).join('|')})`
    case 'repeat':
      return `(?:${sourceOf(node.body)})${quantifier(node.min, node.max)}`
    case 'reference':
      return ''
  }
}

function quantifier(min: number, max: number | undefined): string {
  if (max === undefined) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`
}

function escaped(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&').replace('\n', '\\n')
}
