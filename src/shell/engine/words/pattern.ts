/** Patterns of file names, `case` and `${name#pattern}`, in linear time. Source: POSIX XCU 2.13. */

/** A piece of a pattern; quoted text stands for itself. */
export interface PatternPiece {
  readonly text: string
  readonly quoted: boolean
}

type Element = '*' | ((char: string) => boolean)

/** A pattern taken apart: stars, and tests of one character. */
export type Pattern = readonly Element[]

/** Whether anything in it stands for more than itself. */
export function hasGlob(pieces: readonly PatternPiece[]): boolean {
  return pieces.some(({ text, quoted }) => !quoted && (/[*?]/.test(text) || (text.includes('[') && hasBracket(pieces))))
}

/** A bracket that is not closed is itself: `[ -f x ]` looks for no files. */
function hasBracket(pieces: readonly PatternPiece[]): boolean {
  const open = pieces.findIndex(({ text, quoted }) => !quoted && text.includes('['))
  return pieces
    .slice(open)
    .some(({ text, quoted }, i) => !quoted && text.indexOf(']', i === 0 ? text.indexOf('[') + 2 : 0) >= 0)
}

/** A backslash in what is not quoted makes the next character plain. */
export function compilePattern(pieces: readonly PatternPiece[]): Pattern {
  const chars: { readonly char: string; readonly plain: boolean }[] = []
  for (const { text, quoted } of pieces)
    for (let i = 0; i < text.length; i++) {
      const isEscape = !quoted && text.charAt(i) === '\\' && i + 1 < text.length
      if (isEscape) i++
      chars.push({ char: text.charAt(i), plain: quoted || isEscape })
    }
  const elements: Element[] = []
  for (let at = 0; at < chars.length; at++) {
    const { char, plain } = chars[at] ?? { char: '', plain: true }
    const end = !plain && char === '[' ? bracketEnd(chars, at) : -1
    if (end >= 0) {
      elements.push(bracketTest(chars.slice(at + 1, end)))
      at = end
    } else if (plain || (char !== '*' && char !== '?')) elements.push((each) => each === char)
    else if (char === '?') elements.push(() => true)
    else if (elements.at(-1) !== '*') elements.push('*')
  }
  return elements
}

/** The pattern that a plain text is. */
export function patternOf(text: string): Pattern {
  return compilePattern([{ text, quoted: false }])
}

type Chars = readonly { readonly char: string; readonly plain: boolean }[]

function bracketEnd(chars: Chars, start: number): number {
  let at = start + 1
  if ('!^'.includes(chars[at]?.char ?? ' ')) at++
  for (let isFirst = true; at < chars.length; at++, isFirst = false) {
    if (chars[at]?.char === '[' && chars[at + 1]?.char === ':') {
      const end = chars.findIndex((each, i) => i > at + 1 && each.char === ':' && chars[i + 1]?.char === ']')
      if (end > 0) at = end + 1
    } else if (chars[at]?.char === ']' && !chars[at]?.plain && !isFirst) return at
  }
  return -1
}

/** Members of POSIX classes, as byte text. */
export const characterClasses: Readonly<Record<string, (char: string) => boolean>> = {
  alpha: (char) => /[A-Za-z]/.test(char),
  digit: (char) => /[0-9]/.test(char),
  alnum: (char) => /[A-Za-z0-9]/.test(char),
  upper: (char) => /[A-Z]/.test(char),
  lower: (char) => /[a-z]/.test(char),
  space: (char) => /[ \t\n\r\f\v]/.test(char),
  blank: (char) => /[ \t]/.test(char),
  punct: (char) => /[!-/:-@[-`{-~]/.test(char),
  xdigit: (char) => /[0-9A-Fa-f]/.test(char),
  print: (char) => /[ -~]/.test(char),
  graph: (char) => /[!-~]/.test(char),
  cntrl: (char) => /[\0-\x1f\x7f]/.test(char),
}

function bracketTest(chars: Chars): (char: string) => boolean {
  const negated = !chars[0]?.plain && '!^'.includes(chars[0]?.char ?? ' ')
  const members = negated ? chars.slice(1) : chars
  const tests: ((char: string) => boolean)[] = []
  for (let at = 0; at < members.length; at++) {
    const low = members[at]?.char ?? ''
    const named = /^\[:([a-z]+):\]/.exec(
      members
        .slice(at, at + 12)
        .map(({ char }) => char)
        .join(''),
    )
    const test = named === null ? undefined : characterClasses[named[1] ?? '']
    if (named !== null && test !== undefined) {
      tests.push(test)
      at += named[0].length - 1
    } else if (members[at + 1]?.char === '-' && !members[at + 1]?.plain && at + 2 < members.length) {
      const high = members[at + 2]?.char ?? ''
      tests.push((char) => char >= low && char <= high)
      at += 2
    } else tests.push((char) => char === low)
  }
  return (char) => tests.some((test) => test(char)) !== negated
}

/** Whether all of a text matches. Takes at most pattern times text steps. */
export function matches(pattern: Pattern, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let mark = 0
  while (from < text.length) {
    const element = pattern[at]
    if (element === '*') {
      star = at++
      mark = from
    } else if (element?.(text.charAt(from))) {
      at++
      from++
    } else if (star !== -1) {
      at = star + 1
      from = ++mark
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Whether all of a text matches a pattern in pieces. */
export function matchesPattern(text: string, pieces: readonly PatternPiece[]): boolean {
  return matches(compilePattern(pieces), text)
}

/**
 * The leftmost place at or behind `from` where a pattern matches, and of those that begin there the longest. One pass:
 * each state of the pattern knows the first start that leads to it. `anchored`: it may begin at `from` alone.
 */
export function findPattern(
  pattern: Pattern,
  text: string,
  from: number,
  anchored = false,
): { readonly start: number; readonly end: number } | undefined {
  let states: (number | undefined)[] = []
  let best: { start: number; end: number } | undefined
  for (let at = from; at <= text.length; at++) {
    if (best === undefined && (at === from || !anchored) && states[0] === undefined) states[0] = at
    // A star may stand for nothing.
    for (let i = 0; i < pattern.length; i++) if (pattern[i] === '*') states[i + 1] = lower(states[i + 1], states[i])
    const start = states[pattern.length]
    if (start !== undefined && (best === undefined || start <= best.start)) best = { start, end: at }
    const limit = best?.start ?? Number.POSITIVE_INFINITY
    const char = text.charAt(at)
    const next: (number | undefined)[] = []
    let isAlive = best === undefined
    for (let i = 0; i < pattern.length; i++) {
      const since = states[i]
      if (since === undefined || since > limit) continue
      const element = pattern[i]
      const to = element === '*' ? i : element?.(char) ? i + 1 : undefined
      if (to === undefined) continue
      next[to] = lower(next[to], since)
      isAlive = true
    }
    if (!isAlive || (anchored && next.length === 0 && best === undefined && at > from)) break
    states = next
  }
  return best
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b)
}

/** Lengths of the beginnings of a text that match: the shortest and the longest. */
export function matchingPrefix(
  pattern: Pattern,
  text: string,
): { readonly shortest: number; readonly longest: number } | undefined {
  let states = new Set([0])
  let shortest: number | undefined
  let longest: number | undefined
  for (let at = 0; at <= text.length && states.size > 0; at++) {
    for (let i = 0; i < pattern.length; i++) if (pattern[i] === '*' && states.has(i)) states.add(i + 1)
    if (states.has(pattern.length)) {
      shortest ??= at
      longest = at
    }
    const char = text.charAt(at)
    const next = new Set<number>()
    for (const i of states) {
      const element = pattern[i]
      if (element === '*') next.add(i)
      else if (element?.(char)) next.add(i + 1)
    }
    states = next
  }
  return shortest === undefined || longest === undefined ? undefined : { shortest, longest }
}

/** The same for the ends of a text. */
export function matchingSuffix(pattern: Pattern, text: string): ReturnType<typeof matchingPrefix> {
  return matchingPrefix([...pattern].reverse(), text.split('').reverse().join(''))
}
