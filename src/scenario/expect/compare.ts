/** Pure comparisons that expectations are made of. */

/** `3`, `>=3`, `<10`: whether a number fits. */
export function fitsComparison(found: number, comparison: number | string): boolean {
  if (typeof comparison === 'number') return found === comparison
  const [, operator = '==', digits = ''] = /^(>=|<=|>|<|==)?\s*(\d+)$/.exec(comparison) ?? []
  const wanted = Number(digits)
  switch (operator) {
    case '>=':
      return found >= wanted
    case '<=':
      return found <= wanted
    case '>':
      return found > wanted
    case '<':
      return found < wanted
    default:
      return found === wanted
  }
}

/**
 * Whether a text is as expected: `#` stands for any one character that is no space or line end, a line `...` for any
 * number of lines; runs of blanks and blanks at ends of lines count as one and none, for columns widen with ages.
 */
export function textMatches(expected: string, found: string): boolean {
  const lines = linesOf(found)
  const [first = [], ...rest] = runsOf(linesOf(expected))
  if (!linesMatchAt(first, lines, 0)) return false
  const last = rest.pop()
  if (last === undefined) return first.length === lines.length
  // Each run in between is taken where it comes first: what is left over for those after it can't be more elsewhere.
  let at = first.length
  for (const run of rest) {
    while (at <= lines.length - run.length && !linesMatchAt(run, lines, at)) at++
    if (at > lines.length - run.length) return false
    at += run.length
  }
  return lines.length - last.length >= at && linesMatchAt(last, lines, lines.length - last.length)
}

function linesOf(text: string): readonly string[] {
  return normalBlanks(text).replace(/\n$/, '').split('\n')
}

/** The lines between the lines `...`. */
function runsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const runs: string[][] = [[]]
  for (const line of lines) {
    if (line.trim() === '...') runs.push([])
    else runs[runs.length - 1]?.push(line)
  }
  return runs
}

function linesMatchAt(run: readonly string[], lines: readonly string[], at: number): boolean {
  return run.every((line, i) => lineMatches(line, lines[at + i]))
}

function lineMatches(expected: string, found: string | undefined): boolean {
  if (found === undefined || expected.length !== found.length) return false
  if (!expected.includes('#')) return expected === found
  return [...expected].every((char, i) => (char === '#' ? !/\s/.test(found.charAt(i)) : char === found.charAt(i)))
}

function normalBlanks(text: string): string {
  return text.replace(/[ \t]+/g, ' ').replace(/ +(?=\n|$)/g, '')
}

export function show(value: unknown): string {
  if (value === undefined) return 'absent'
  return JSON.stringify(value)
}

/** A map as JSON has them. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One text or several. */
export function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts
}
