import { type Change, diffLines } from 'diff'
import { joined, type Paint, plain, type TerminalText } from './text.ts'

/** Texts of several lines beside a step, however long: what was written, and how it differs from what was expected. */

/** Nobody reads more lines of one text; a command may have written millions. */
const mostLines = 1000
/** The effort of finding what two texts have in common grows with the square of the lines that they do not. */
const mostEdits = 1000
/** Longer texts are not looked through line by line. */
const mostCharacters = 200_000
/** Equal lines that are shown before and after what differs in texts that are too long. */
const context = 3

/** The first lines of a text, and how many are left out. */
export function firstLines(text: string, paint: Paint): TerminalText {
  let end = -1
  for (let line = 0; line < mostLines; line++) {
    end = text.indexOf('\n', end + 1)
    if (end < 0 || end === text.length - 1) return plain`${text}`
  }
  return joined([plain`${text.slice(0, end)}`, leftOut(text.slice(end + 1), paint)], '\n')
}

/** Two texts, line by line: `-` only expected, `+` only found. */
export function diffText(expected: string, found: string, paint: Paint): TerminalText {
  const isShort = expected.length + found.length <= mostCharacters
  const changes = isShort ? diffLines(expected, found, { maxEditLength: mostEdits }) : undefined
  const marked = (changes ?? differingMiddle(expected, found)).flatMap((change) => markedLines(change, paint))
  const shown = marked.slice(0, mostLines)
  const rest = marked.length - shown.length
  const more = rest === 0 ? [] : [paint('dim', `… ${counted(rest)}`)]
  const end = (text: string) => text.endsWith('\n')
  const note =
    end(expected) === end(found)
      ? []
      : [paint('dim', `${end(found) ? 'expected' : 'found'} has no line end at its end`)]
  return joined([...shown, ...more, ...note], '\n')
}

/** A part of two texts: in both, or in one of them. */
type Part = Pick<Change, 'value' | 'added' | 'removed'>

function markedLines({ value, added, removed }: Part, paint: Paint): readonly TerminalText[] {
  const mark = (line: string) =>
    added ? paint('green', `+ ${line}`) : removed ? paint('red', `- ${line}`) : plain`  ${line}`
  const all = value.replace(/\n$/, '').split('\n', mostLines + 1)
  if (all.length <= mostLines) return all.map(mark)
  const shown = all.slice(0, mostLines / 2)
  const rest = value.slice(shown.reduce((length, line) => length + line.length + 1, 0))
  return [...shown.map(mark), leftOut(rest, paint)]
}

/** Texts that differ too much are alike at their beginning and end, and differ between. */
function differingMiddle(expected: string, found: string): readonly Part[] {
  const least = Math.min(expected.length, found.length)
  let start = 0
  while (start < least && expected[start] === found[start]) start++
  start = start === 0 ? 0 : expected.lastIndexOf('\n', start - 1) + 1
  let length = 0
  while (length < least - start && expected.at(-1 - length) === found.at(-1 - length)) length++
  const tail = length === 0 ? '' : expected.slice(-length)
  const after = tail.slice(tail.indexOf('\n') + 1 || tail.length)
  const parts: readonly Part[] = [
    { value: lastLines(expected.slice(0, start)), added: false, removed: false },
    { value: expected.slice(start, expected.length - after.length), added: false, removed: true },
    { value: found.slice(start, found.length - after.length), added: true, removed: false },
    { value: after.split('\n', context).join('\n'), added: false, removed: false },
  ]
  return parts.filter(({ value }) => value !== '')
}

function lastLines(text: string): string {
  let start = text.length - 1
  for (let line = 0; line < context && start >= 0; line++) start = text.lastIndexOf('\n', start - 1)
  return text.slice(start + 1)
}

function leftOut(rest: string, paint: Paint): TerminalText {
  let lines = 0
  for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n', at + 1)) lines++
  return paint('dim', `… ${counted(rest.endsWith('\n') ? lines : lines + 1)}`)
}

function counted(lines: number): string {
  return lines === 1 ? '1 more line' : `${lines} more lines`
}
