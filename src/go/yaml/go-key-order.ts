/**
 * The order in which go-yaml writes the keys of a Go map: "natural", letters after anything else, runs of digits by
 * number. It is not transitive (`1a` < `2` < `10` < `1a`), and real output of such key sets varies from run to run.
 * Source: gopkg.in/yaml.v2 sorter.go, keyList.Less.
 */
function compareGoKeys(a: string, b: string): number {
  if (a === b) return 0
  const difference = compareLetters(a, b)
  if (difference !== undefined) return difference
  return isLess(Array.from(a), Array.from(b)) ? -1 : 1
}

/** The keys in go-yaml's order; keys whose order is not settled keep the bytewise order. */
export function sortGoKeys(keys: readonly string[]): string[] {
  if (keys.length < 2) return [...keys]
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).sort(compareGoKeys)
}

/** The order where the first difference is between ASCII letters, which most keys are told apart by. */
function compareLetters(a: string, b: string): number | undefined {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return isAsciiLetter(x) && isAsciiLetter(y) ? x - y : undefined
  }
  return undefined
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}

const letter = /^\p{L}$/u
const digit = /^\p{Nd}$/u

function isLess(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a[i] ?? ''
    const y = b[i] ?? ''
    if (x === y) continue
    const isLetterX = letter.test(x)
    const isLetterY = letter.test(y)
    if (isLetterX && isLetterY) return codePoint(x) < codePoint(y)
    if (isLetterX || isLetterY) return isLetterY
    return isLessAtDigits(a, b, i)
  }
  return a.length < b.length
}

function isLessAtDigits(a: readonly string[], b: readonly string[], i: number): boolean {
  // After a digit other than 0, a zero counts as a digit of that number rather than as a leading zero.
  const start = (a[i] === '0' || b[i] === '0') && followsNonZeroDigit(a, i) ? 1n : 0n
  const [x, xEnd] = numberAt(a, i, start)
  const [y, yEnd] = numberAt(b, i, start)
  if (x !== y) return x < y
  if (xEnd !== yEnd) return xEnd < yEnd
  return codePoint(a[i] ?? '') < codePoint(b[i] ?? '')
}

function followsNonZeroDigit(runes: readonly string[], i: number): boolean {
  for (let j = i - 1; j >= 0 && digit.test(runes[j] ?? ''); j--) if (runes[j] !== '0') return true
  return false
}

/** The number that begins at `i`, with int64 overflow as in Go, and where it ends. */
function numberAt(runes: readonly string[], i: number, start: bigint): readonly [number: bigint, end: number] {
  let end = i
  let value = start
  for (; end < runes.length && digit.test(runes[end] ?? ''); end++) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codePoint(runes[end] ?? '0') - 48))
  }
  return [value, end]
}

function codePoint(rune: string): number {
  return rune.codePointAt(0) ?? 0
}
