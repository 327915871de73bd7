/** `{a,b}` and `{1..3}`. Source: bash(1), Brace Expansion. */
import { BudgetError } from '../budget.ts'
import type { Word, WordPart } from '../grammar/syntax.ts'

/** Words that one word may become. */
const maxWords = 10_000

/** The words that a word with braces stands for; itself when it has none. */
export function expandBraces(word: Word): Word[] {
  if (!word.some((part) => isPlain(part, '{'))) return [word]
  const words = expand(word)
  if (words.length > maxWords) throw new BudgetError('words')
  return words
}

function isPlain(part: WordPart | undefined, char: string): boolean {
  return part?.kind === 'text' && !part.quoted && part.text === char
}

function expand(word: Word): Word[] {
  for (let open = 0; open < word.length; open++) {
    if (!isPlain(word[open], '{')) continue
    const close = closing(word, open)
    if (close < 0) continue
    const inner = word.slice(open + 1, close)
    const choices = choicesOf(inner)
    if (choices === undefined) continue
    const before = word.slice(0, open)
    const after = expand(word.slice(close + 1))
    const words = choices.flatMap((choice) => after.map((rest) => [...before, ...choice, ...rest]))
    if (words.length > maxWords) throw new BudgetError('words')
    return words
  }
  return [word]
}

function closing(word: Word, open: number): number {
  let depth = 0
  for (let i = open; i < word.length; i++) {
    if (isPlain(word[i], '{')) depth++
    else if (isPlain(word[i], '}') && --depth === 0) return i
  }
  return -1
}

/** Undefined where the braces mean themselves. */
function choicesOf(inner: Word): Word[] | undefined {
  const parts: Word[] = []
  let depth = 0
  let start = 0
  inner.forEach((part, i) => {
    if (isPlain(part, '{')) depth++
    else if (isPlain(part, '}')) depth--
    else if (depth === 0 && isPlain(part, ',')) {
      parts.push(inner.slice(start, i))
      start = i + 1
    }
  })
  if (parts.length > 0) return [...parts, inner.slice(start)].flatMap((part) => expand(part))
  return sequence(inner)
}

function sequence(inner: Word): Word[] | undefined {
  if (!inner.every((part) => part.kind === 'text' && !part.quoted)) return undefined
  const text = inner.map((part) => (part.kind === 'text' ? part.text : '')).join('')
  const match = /^(?:(-?\d{1,9})\.\.(-?\d{1,9})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d{1,9}))?$/.exec(text)
  if (match === null) return undefined
  const [, a, b, c = '', d = '', stepText = '1'] = match
  const isNumber = a !== undefined && b !== undefined
  const [from, to] = isNumber ? [Number(a), Number(b)] : [c.charCodeAt(0), d.charCodeAt(0)]
  const step = Math.max(Math.abs(Number(stepText)), 1)
  if (Math.abs(to - from) / step > maxWords) throw new BudgetError('words')
  const width = isNumber && /^-?0\d|^-?0\d/.test(`${a} ${b}`) ? Math.max(a.length, b.length) : 0
  const words: Word[] = []
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    const shown = isNumber ? padded(value, width) : String.fromCharCode(value)
    words.push([{ kind: 'text', text: shown, quoted: false }])
  }
  return words
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0')
}
