import stringWidth from 'string-width'
import { safeLine, safeText } from '../../bytes/terminal-text.ts'

/** How a piece of a line looks. Every one of them is told by a glyph or a word too. */
export type Look =
  | 'plain'
  | 'bold'
  | 'dim'
  | 'warning'
  | 'good'
  | 'visible'
  | 'fault'
  | 'here'
  | 'old'
  | 'new'
  | 'selected'
  | 'header'

/** A piece of a line. Its text may come from anywhere: it is made harmless when it is painted. */
export interface Span {
  readonly text: string
  readonly look?: Look
}

/** A line of the screen. */
export type Line = readonly Span[]

/** A line of one piece. */
export function line(text: string, look: Look = 'plain'): Line {
  return [{ text, look }]
}

/** Colours of the terminal's own palette, weights, and how they end. `[colour, weight]`; nobody's background is assumed. */
const codes: Readonly<Record<Look, readonly [colour: string, weight: string]>> = {
  plain: ['', ''],
  bold: ['', '1'],
  dim: ['', '2'],
  warning: ['33', ''],
  good: ['32', ''],
  visible: ['36', ''],
  fault: ['31', ''],
  here: ['36', '1'],
  old: ['33', ''],
  new: ['34', '1'],
  selected: ['', '7'],
  header: ['', '7'],
}

/** A line as a terminal takes it, exactly so many columns wide. */
export function painted(given: Line, columns: number, isColoured: boolean): string {
  let left = columns
  let out = ''
  for (const [i, { text, look = 'plain' }] of given.entries()) {
    if (left <= 0) break
    const safe = safeLine(text)
    const isLast = i === given.length - 1
    const width = widthOf(safe)
    const cut = width > left ? cutTo(safe, left) : safe
    const shown = isLast && width < left ? cut + ' '.repeat(left - width) : cut
    left -= width > left ? left : isLast ? left : width
    out += coded(shown, look, isColoured)
  }
  return left > 0 ? out + ' '.repeat(left) : out
}

function coded(text: string, look: Look, isColoured: boolean): string {
  const [colour, weight] = codes[look]
  const on = [weight, isColoured ? colour : ''].filter((code) => code !== '').join(';')
  return on === '' ? text : `\u001b[${on}m${text}\u001b[0m`
}

/** Characters that take one column each: what nearly all lines are made of. */
const simple = /^[ -~─-▟■-◼←-↕✓✗❚⊘⌕¶×·…≤≥—–]*$/

/** Columns that a text takes. */
export function widthOf(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text)
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The text cut to so many columns, with an ellipsis; filled with a blank where half a wide character would be left. */
export function cutTo(text: string, columns: number): string {
  if (columns <= 0) return ''
  if (widthOf(text) <= columns) return text
  if (simple.test(text)) return `${text.slice(0, columns - 1)}…`
  let cut = ''
  let width = 0
  for (const { segment } of segments.segment(text)) {
    const next = stringWidth(segment)
    if (width + next > columns - 1) break
    cut += segment
    width += next
  }
  return `${cut}…${' '.repeat(columns - 1 - width)}`
}

/** Lines of at most so many columns, broken at blanks, and within words that are longer: all of the text is in them. */
export function wrapped(text: string, columns: number): readonly string[] {
  const room = Math.max(1, columns)
  const lines: string[] = []
  for (const paragraph of safeText(text).replace(/\t/g, '    ').split('\n')) {
    const indent = /^ */.exec(paragraph)?.[0].slice(0, Math.floor(room / 2)) ?? ''
    let current = ''
    let width = 0
    for (const word of paragraph.trimStart().split(' ')) {
      let rest = word
      const next = widthOf(rest)
      if (current !== '' && width + 1 + next > room) {
        lines.push(current)
        current = ''
        width = 0
      }
      if (current === '') {
        const lead = lines.length === 0 || current === '' ? indent : ''
        for (const piece of pieces(rest, room - lead.length)) {
          if (current !== '') lines.push(current)
          current = lead + piece
          rest = piece
        }
        width = widthOf(current)
      } else {
        current += ` ${word}`
        width += 1 + next
      }
    }
    lines.push(current)
  }
  return lines
}

function pieces(word: string, columns: number): readonly string[] {
  if (widthOf(word) <= columns) return [word]
  if (simple.test(word)) return parts(word, columns)
  const found: string[] = []
  let piece = ''
  let width = 0
  for (const { segment } of segments.segment(word)) {
    const next = widthOf(segment)
    if (piece !== '' && width + next > columns) {
      found.push(piece)
      piece = ''
      width = 0
    }
    piece += segment
    width += next
  }
  return [...found, piece]
}

/** A text of which each character takes a column, in parts of so many of them. */
function parts(text: string, columns: number): readonly string[] {
  const room = Math.max(1, columns)
  return Array.from({ length: Math.ceil(text.length / room) }, (_, at) => text.slice(at * room, (at + 1) * room))
}

/** The part of a list that fits, with the given index in it and, where there is room, a little of what follows. */
export function windowAround(
  count: number,
  index: number,
  rows: number,
): { readonly from: number; readonly to: number } {
  const room = Math.max(0, rows)
  const ahead = Math.min(2, Math.floor(room / 4))
  const from = Math.max(0, Math.min(count - room, index - room + 1 + ahead))
  return { from, to: Math.min(count, from + room) }
}

/** What a pane shows: its title and as many lines as it has room for. */
export interface PaneContent {
  readonly title: string
  readonly lines: readonly Line[]
  /** What of it is on the screen, where that is not all: `3-20 of 41`. */
  readonly part?: string
  /** By how many lines it can be scrolled: from, at the least, to, at the most. */
  readonly reach?: readonly [least: number, most: number]
}

/** Where in a list the window stands: `scroll` is counted from `home`. */
export interface Scrolled {
  readonly scroll: number | undefined
  readonly rows: number
  readonly home?: number
}

/** A line that is too long for its pane on several, whose parts look as they did; what goes on is indented. */
export function folded(given: Line, columns: number, indent: number): readonly Line[] {
  if (given.reduce((sum, { text }) => sum + widthOf(text), 0) <= columns) return [given]
  const lines: Span[][] = [[]]
  let used = 0
  const put = (text: string, look: Omit<Span, 'text'>, width: number): void => {
    const last = lines.at(-1)
    const span = last?.at(-1)
    if (span !== undefined && span.look === look.look) last?.splice(-1, 1, { ...span, text: span.text + text })
    else last?.push({ text, ...look })
    used += width
  }
  const indented = (): void => {
    lines.push([{ text: ' '.repeat(indent) }])
    used = indent
  }
  for (const { text, ...look } of given) {
    const safe = safeLine(text)
    if (simple.test(safe)) {
      for (let rest = safe; rest !== ''; ) {
        if (used >= columns) indented()
        const room = Math.max(1, columns - used)
        put(rest.slice(0, room), look, Math.min(room, rest.length))
        rest = rest.slice(room)
      }
      continue
    }
    for (const { segment: char } of segments.segment(safe)) {
      const width = widthOf(char)
      if (used + width > columns) indented()
      put(char, look, width)
    }
  }
  return lines
}

/** What of a list is in the window, so that nothing else has to be drawn; scrolling beyond an end shows the end. */
export function windowOf<T>(
  title: string,
  all: readonly T[],
  { scroll = 0, rows, home = 0 }: Scrolled,
): Omit<PaneContent, 'lines'> & { readonly items: readonly T[] } {
  const last = Math.max(0, all.length - rows)
  const origin = Math.min(home, last)
  const from = Math.max(0, Math.min(origin + scroll, last))
  const items = all.slice(from, from + rows)
  return {
    ...{ title, items, reach: [-origin, last - origin] },
    ...(last === 0 ? {} : { part: `${from + 1}-${from + items.length} of ${all.length}` }),
  }
}

/** `windowOf` lines. */
export function scrolledTo(title: string, all: readonly Line[], scrolled: Scrolled): PaneContent {
  const { items, ...content } = windowOf(title, all, scrolled)
  return { ...content, lines: items }
}

/** Lines of a text, wrapped; what goes on is indented. */
export function textLines(text: string, columns: number, look: Look = 'plain'): readonly Line[] {
  return text.split('\n').flatMap((each) => wrapped(each, columns).map((part) => line(part, look)))
}
