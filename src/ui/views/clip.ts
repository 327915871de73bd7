import stringWidth from 'string-width'
import { safeText } from '../../bytes/terminal-text.ts'

/** The text on one line, harmless to a terminal, cut with an ellipsis to what fits into the columns of a terminal. */
export function clip(text: string, columns: number): string {
  const line = safeText(text).replace(/[\t\n]/g, ' ')
  if (columns <= 0) return ''
  if (stringWidth(line) <= columns) return line
  let cut = ''
  let width = 0
  for (const { segment } of segments.segment(line)) {
    const next = stringWidth(segment)
    if (width + next > columns - 1) break
    cut += segment
    width += next
  }
  return `${cut}…`
}

/** `clip`, filled with blanks to exactly that width. */
export function fill(text: string, columns: number): string {
  const fitted = clip(text, columns)
  return fitted + ' '.repeat(Math.max(0, columns - stringWidth(fitted)))
}

/** Lines of at most that width, broken at blanks. */
export function wrapTo(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const paragraph of safeText(text).split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > columns) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(clip(line, columns))
  }
  return lines
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })
