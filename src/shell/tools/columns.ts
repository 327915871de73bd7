/** fold, expand and unexpand, which count columns. Sources: GNU coreutils fold.c, expand.c, unexpand.c; busybox coreutils/fold.c, expand.c. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { cannotOpen, complain, hasRoom, type Options, options, quoted, readAll, say, type ToolContext } from './tool.ts'

/** What each file becomes. */
function* eachText(context: ToolContext, given: Options, change: (text: ByteText) => ByteText): Steps<number> {
  let code = 0
  for (const path of given.operands.length === 0 ? ['-'] : given.operands) {
    const content = yield* readAll(context, path)
    if (typeof content !== 'string') code = cannotOpen(context, path, content.code)
    else context.out(change(content))
    if (!(yield* hasRoom(context))) break
  }
  return code
}

/** A number above 0; undefined: it has been told that it is none. */
function countOf(context: ToolContext, text: ByteText, gnu: (text: ByteText) => ByteText): number | undefined {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text)
  complain(context, say(context, gnu(text), `invalid number '${text}'`))
  return undefined
}

/** The column after a byte: tabs go on to the next multiple of 8. Source: fold.c, adjust_column. */
function columnAfter(byte: string, column: number, countsBytes: boolean): number {
  if (countsBytes) return column + 1
  if (byte === '\b') return Math.max(column - 1, 0)
  if (byte === '\r') return 0
  return byte === '\t' ? column + 8 - (column % 8) : column + 1
}

interface Folding {
  readonly width: number
  readonly countsBytes: boolean
  readonly breaksAtSpaces: boolean
}

/** Breaks lines that are too wide. */
export function* fold(context: ToolContext): Steps<number> {
  // `-20` is `-w20`.
  const args = context.args.map((arg) => (/^-\d+$/.test(arg) ? `-w${arg.slice(1)}` : arg))
  const given = options(context, 'bsw:', { bytes: 'b', spaces: 's', width: 'w' }, { args })
  if (typeof given === 'number') return given
  const width = countOf(
    context,
    given.value('w') ?? '80',
    (text) => `invalid number of columns: ${quoted(context, text)}`,
  )
  if (width === undefined) return 1
  const folding = { width, countsBytes: given.has('b'), breaksAtSpaces: given.has('s') }
  return yield* eachText(context, given, (text) =>
    text
      .split('\n')
      .map((line) => folded(line, folding))
      .join('\n'),
  )
}

function folded(line: ByteText, { width, countsBytes, breaksAtSpaces }: Folding): ByteText {
  const lines: ByteText[] = []
  let held = ''
  let column = 0
  for (const byte of line) {
    let after = columnAfter(byte, column, countsBytes)
    while (after > width && held !== '') {
      const space = breaksAtSpaces ? Math.max(held.lastIndexOf(' '), held.lastIndexOf('\t')) : -1
      lines.push(space < 0 ? held : held.slice(0, space + 1))
      held = space < 0 ? '' : held.slice(space + 1)
      column = 0
      for (const each of held) column = columnAfter(each, column, countsBytes)
      after = columnAfter(byte, column, countsBytes)
    }
    held += byte
    column = after
  }
  return [...lines, held].join('\n')
}

/** Where tabs stop: at multiples of one number, or at those of a list. */
type Stops = readonly number[]

function stopsOf(context: ToolContext, text: ByteText): Stops | undefined {
  const parts = text.split(/[, \t]+/).filter((part) => part !== '')
  if (context.voice === 'busybox' && parts.length > 1) {
    complain(context, `invalid number '${text}'`)
    return undefined
  }
  const stops: number[] = []
  for (const part of parts) {
    const stop = countOf(context, part, () =>
      /^0+$/.test(part)
        ? 'tab size cannot be 0'
        : `tab size contains invalid character(s): ${quoted(context, /\D.*/.exec(part)?.[0] ?? part)}`,
    )
    if (stop === undefined) return undefined
    if (stop <= (stops.at(-1) ?? 0)) {
      complain(context, 'tab sizes must be ascending')
      return undefined
    }
    stops.push(stop)
  }
  return stops.length === 0 ? [8] : stops
}

/** The next stop after a column; undefined: there is none any more. */
function stopAfter(column: number, stops: Stops): number | undefined {
  const [only = 8] = stops
  if (stops.length === 1) return column + only - (column % only)
  return stops.find((stop) => stop > column)
}

/** Spaces for tabs. */
export function* expand(context: ToolContext): Steps<number> {
  const given = options(context, 'it:', { initial: 'i', tabs: 't' })
  if (typeof given === 'number') return given
  const stops = stopsOf(context, given.value('t') ?? '8')
  if (stops === undefined) return 1
  const expanded = (line: ByteText): ByteText => {
    let [text, column, isAtStart] = ['', 0, true]
    for (const byte of line) {
      if (byte === '\t' && (isAtStart || !given.has('i'))) {
        const stop = stopAfter(column, stops) ?? column + 1
        text += ' '.repeat(stop - column)
        column = stop
        continue
      }
      column = columnAfter(byte, column, false)
      isAtStart &&= byte === ' ' || byte === '\t'
      text += byte
    }
    return text
  }
  return yield* eachText(context, given, (text) => text.split('\n').map(expanded).join('\n'))
}

/** Tabs for spaces. */
export function* unexpand(context: ToolContext): Steps<number> {
  const longs = { all: 'a', tabs: 't', 'first-only': 'f' }
  const given = options(context, say(context, 'at:', 'aft:'), longs)
  if (typeof given === 'number') return given
  const stops = stopsOf(context, given.value('t') ?? '8')
  if (stops === undefined) return 1
  const isWhole = (given.has('a') || given.has('t')) && !given.has('f')
  const change = say(context, unexpanded, squeezed)
  return yield* eachText(context, given, (text) =>
    text
      .split('\n')
      .map((line) => change(line, stops, isWhole))
      .join('\n'),
  )
}

/** Two blanks and more become tabs; one before a stop stays, unless others follow. Source: unexpand.c. */
function unexpanded(line: ByteText, stops: Stops, isWhole: boolean): ByteText {
  let [text, pending, column] = ['', '', 0]
  let [converts, wasBlank, isOneBeforeStop] = [true, false, false]
  for (const byte of line) {
    const isBlank = byte === ' ' || byte === '\t'
    let written = byte
    const stop = converts && isBlank ? stopAfter(column, stops) : undefined
    if (converts && isBlank && stop === undefined) converts = false
    else if (stop !== undefined && byte === ' ') {
      column++
      if (!(wasBlank && column === stop)) {
        if (column === stop) isOneBeforeStop = true
        pending += byte
        wasBlank = true
        continue
      }
      written = '\t'
      pending = isOneBeforeStop ? '\t' : ''
    } else if (stop !== undefined) {
      column = stop
      pending = isOneBeforeStop ? '\t' : ''
    } else if (!isBlank) column = byte === '\b' ? Math.max(column - 1, 0) : column + 1
    if (pending.length > 1 && isOneBeforeStop) pending = `\t${pending.slice(1)}`
    text += pending + written
    pending = ''
    isOneBeforeStop = false
    wasBlank = isBlank
    converts &&= isWhole || isBlank
  }
  return text + pending
}

/** Source: busybox coreutils/expand.c, unexpand. */
function squeezed(line: ByteText, [size = 8]: Stops, isWhole: boolean): ByteText {
  let [text, at, column] = ['', 0, 0]
  while (at < line.length) {
    const start = at
    while (line[at] === ' ') at++
    let blanks = at - start
    column += blanks
    if (line[at] === '\t') {
      column += size - (column % size)
      at++
      continue
    }
    const tabs = Math.floor(column / size)
    if (tabs > 0) {
      column %= size
      blanks = column
      text += '\t'.repeat(tabs)
    }
    if (!isWhole && at > 0) return text + ' '.repeat(blanks) + line.slice(at)
    const word = /[^ \t]*/y
    word.lastIndex = at
    const found = word.exec(line)?.[0] ?? ''
    text += ' '.repeat(blanks) + found
    at += found.length
    column = (column + found.length) % size
  }
  return text
}
