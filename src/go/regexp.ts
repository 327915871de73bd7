import { RE2JS, RE2JSException } from 're2js'

/**
 * Regular expressions as Go has them: RE2's syntax, matched in time linear in the text whatever the pattern. Every pattern
 * that comes from outside (a schema's `pattern`, a scenario's `matches`, a selector of a kustomization, the tools of a
 * shell) is matched here and never by the host's engine, which `(a+)+$` keeps busy for ever.
 * Source: Go's regexp and regexp/syntax; the engine is re2js, a port of them.
 */

export interface GoRegexpOptions {
  readonly ignoreCase?: boolean
  /** `^` and `$` match at line ends too, as `(?m)` says. */
  readonly multiline?: boolean
  /** `.` matches line ends too, as `(?s)` says. */
  readonly dotAll?: boolean
  /** Leftmost-longest, as POSIX has it (Go: `Longest`), instead of the first alternative that matches. */
  readonly longest?: boolean
}

/** One match: where it lies, in UTF-16 units of the text, and what its groups caught (`groups[0]` is the whole). */
export interface GoMatch {
  readonly index: number
  /** Exclusive. */
  readonly end: number
  /** Undefined: the group took no part in the match. */
  readonly groups: readonly (string | undefined)[]
}

export interface GoRegexp {
  readonly source: string
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean
  /** The first match at `from` or later; what stands before counts for `^` and `\b`. */
  exec(text: string, from?: number): GoMatch | undefined
  /** All matches one after the other; an empty one that touches the one before it does not count (Go: `allMatches`). */
  all(text: string): readonly GoMatch[]
  /** The text with each match (only the first, unless `every`) put through `replacement`. */
  replace(text: string, replacement: (match: GoMatch) => string, every?: boolean): string
}

/** A pattern that compiles, or what Go says of it: `error parsing regexp: missing closing ): ...`. */
export type CompiledRegexp =
  | { readonly ok: true; readonly regexp: GoRegexp }
  | { readonly ok: false; readonly message: string }

/** Steps that a pattern may compile to; counted from above, before anything is built. Go refuses from 3.3 million on. */
const largestPattern = 400_000
/** Characters of a pattern; Go has no such limit, but no schema or script needs more. */
const longestPattern = 20_000

/** Compiles a pattern. Never throws, and stops at patterns that would compile to too much. */
export function compileRegexp(source: string, options: GoRegexpOptions = {}): CompiledRegexp {
  if (source.length > longestPattern || stepsOf(source) > largestPattern)
    return { ok: false, message: 'error parsing regexp: expression too large' }
  try {
    return { ok: true, regexp: regexpOf(source, RE2JS.compile(source, flagsOf(options))) }
  } catch (error) {
    if (error instanceof RE2JSException) return { ok: false, message: error.message }
    throw error
  }
}

/** The pattern that matches exactly this text. */
export function quoteMeta(text: string): string {
  return RE2JS.quote(text)
}

/** A token that matters for the size of a pattern: an escape, a class, an end or beginning of a group, a count, anything else. */
const sizeToken = /\\(?:[pPx]\{[^}]{0,40}\}|[\s\S])|\[|\{(\d{1,4})(?:,(\d{0,4}))?\}|[\s\S]/gy

/**
 * How many steps a pattern compiles to when its counts are written out, `(ab{1000}){3}` to some 3,000: one for each character
 * and class.
 * Source: regexp/syntax parse.go, checkSize.
 */
function stepsOf(source: string): number {
  const outer: number[] = []
  let sum = 0
  let last = 0
  const tokens = new RegExp(sizeToken)
  for (let token = tokens.exec(source); token !== null; token = tokens.exec(source)) {
    const [text, least, most] = token
    if (least !== undefined) {
      const repeated = last * (Math.max(Number(least), Number(most ?? 0)) - 1)
      sum += Math.max(0, repeated)
      last = 0
    } else if (text === '(') {
      outer.push(sum)
      sum = 0
    } else if (text === ')') {
      last = sum
      sum += outer.pop() ?? 0
    } else {
      if (text === '[') tokens.lastIndex = endOfClass(source, tokens.lastIndex)
      last = 1
      sum++
    }
  }
  return outer.reduce((all, each) => all + each, sum)
}

/** The place after a class whose content begins at `from`: `]` closes it, but not as its first character. */
function endOfClass(source: string, from: number): number {
  let at = source[from] === '^' ? from + 1 : from
  if (source[at] === ']') at++
  for (; at < source.length && source[at] !== ']'; at++) {
    const named = source.startsWith('[:', at) ? source.indexOf(':]', at) : -1
    if (named !== -1) at = named + 1
    else if (source[at] === '\\') at++
  }
  return at + 1
}

function flagsOf({ ignoreCase, multiline, dotAll, longest }: GoRegexpOptions): number {
  return (
    (ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0) |
    (multiline === true ? RE2JS.MULTILINE : 0) |
    (dotAll === true ? RE2JS.DOTALL : 0) |
    (longest === true ? RE2JS.LONGEST_MATCH : 0)
  )
}

function regexpOf(source: string, compiled: RE2JS): GoRegexp {
  const exec = (text: string, from = 0) => matchAt(compiled, text, from)
  const all = (text: string) => allMatches(compiled, text)
  return {
    source,
    test: (text) => compiled.test(text),
    exec,
    all,
    replace(text, replacement, every = false) {
      const first = every ? undefined : exec(text)
      const matches = every ? all(text) : first === undefined ? [] : [first]
      let done = ''
      let copied = 0
      for (const match of matches) {
        done += text.slice(copied, match.index) + replacement(match)
        copied = match.end
      }
      return done + text.slice(copied)
    },
  }
}

function matchAt(compiled: RE2JS, text: string, from: number): GoMatch | undefined {
  if (from > text.length) return undefined
  const matcher = compiled.matcher(text)
  return matcher.find(from) ? matchOf(matcher, text) : undefined
}

type Matcher = ReturnType<RE2JS['matcher']>

function matchOf(matcher: Matcher, text: string): GoMatch {
  const groups: (string | undefined)[] = []
  for (let group = 0; group <= matcher.groupCount(); group++) {
    const start = matcher.start(group)
    groups.push(start === -1 ? undefined : text.slice(start, matcher.end(group)))
  }
  return { index: matcher.start(), end: matcher.end(), groups }
}

/** Source: regexp.go, allMatches. */
function allMatches(compiled: RE2JS, text: string): readonly GoMatch[] {
  const matches: GoMatch[] = []
  const matcher = compiled.matcher(text)
  let endOfLast = -1
  for (let from = 0; from <= text.length && matcher.find(from); ) {
    const match = matchOf(matcher, text)
    const isEmptyHere = match.end === from
    if (!(isEmptyHere && match.index === endOfLast)) matches.push(match)
    endOfLast = match.end
    from = isEmptyHere ? from + widthAt(text, from) : match.end
  }
  return matches
}

/** UTF-16 units of the character at a place; 1 at the end, to get past it. */
function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
