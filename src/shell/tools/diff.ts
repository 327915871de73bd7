/** diff. Sources: GNU diffutils, diff.c, normal.c, context.c, dir.c; busybox editors/diff.c, which knows the unified form alone. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import { basename, compareBytes } from '../../fs/path.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import { statDate } from './format.ts'
import { type Change, changesByChains, changesOf } from './line-edits.ts'
import { notSimulated, type Options, options, readAll, say, type ToolContext, usage } from './tool.ts'

/** Exit code of what could not be compared. */
const trouble = 2

/** Measured: to try so many places, or to look at so many lines, takes as long as a command. */
const triesOfCommand = 64

/** Options of a comparison, worked out. */
interface Comparison {
  readonly context: ToolContext
  readonly given: Options
  /** Lines of context of the unified form; undefined: the normal form. */
  readonly around: number | undefined
  /** As `diff` was called, before the names: GNU's repeats it before each file of two directories. */
  readonly called: string
}

const longs = {
  ...{ brief: 'q', unified: 'U', recursive: 'r', 'new-file': 'N', 'ignore-case': 'i', 'report-identical-files': 's' },
  ...{
    'ignore-all-space': 'w',
    'ignore-trailing-space': 'Z',
    'ignore-space-change': 'b',
    'ignore-blank-lines': 'B',
    text: 'a',
    label: 'L',
  },
  ...{ 'side-by-side': 'y', context: 'C', 'strip-trailing-cr': 'R', color: 'k', normal: 'n', exclude: 'x' },
}

/** What has to change to make the second file of the first, in GNU's normal or in the unified form. */
export function* diff(context: ToolContext): Steps<number> {
  const given = options(context, say(context, 'qsuU:rNibwBZaL:ycC:x:nRk::', 'qsuU:rNibwBadL:TtS:'), longs, {
    badCode: say(context, trouble, 1),
  })
  if (typeof given === 'number') return given
  const missing = ['y', 'c', 'C', 'x', 'S', 'T', 'B'].find((letter) => given.has(letter))
  if (missing !== undefined) return notSimulated(context, `diff -${missing}`)
  const [first, second, third] = given.operands
  if (first === undefined) return misused(context, `missing operand after '${context.args.at(-1) ?? 'diff'}'`)
  if (second === undefined) return misused(context, `missing operand after '${first}'`)
  if (third !== undefined) return misused(context, `extra operand '${third}'`)
  const isUnified = given.has('u') || given.has('U') || context.voice === 'busybox'
  const around = isUnified ? Number(given.value('U') || '3') : undefined
  const called = [context.name, ...context.args.filter((arg) => !given.operands.includes(arg))].join(' ')
  return yield* compare({ context, given, around, called }, first, second)
}

/** Two operands: of a file and a directory, the file of that name in it. */
function* compare(comparison: Comparison, a: ByteText, b: ByteText): Steps<number> {
  const [isDirA, isDirB] = [isDirectory(comparison, a), isDirectory(comparison, b)]
  if (isDirA && isDirB) return yield* compareDirectories(comparison, a, b)
  const inside = (directory: ByteText, file: ByteText): ByteText =>
    `${directory}/${toByteText(basename(fromByteText(file)))}`
  return yield* compareFiles(
    comparison,
    isDirA && b !== '-' ? inside(a, b) : a,
    isDirB && a !== '-' ? inside(b, a) : b,
    '',
  )
}

function isDirectory({ context }: Comparison, path: ByteText): boolean {
  const found = context.files.stat(context.shell.path(path))
  return path !== '-' && found.ok && found.value.type === 'directory'
}

function* compareDirectories(comparison: Comparison, a: ByteText, b: ByteText): Steps<number> {
  const { context, given, called } = comparison
  const namesIn = (path: ByteText): readonly string[] => {
    const listed = context.files.readdir(context.shell.path(path))
    return listed.ok ? listed.value : []
  }
  const [inA, inB] = [new Set(namesIn(a)), new Set(namesIn(b))]
  let code = 0
  for (const name of [...new Set([...inA, ...inB])].sort(compareBytes)) {
    const [pathA, pathB] = [a, b].map((path) => `${path.replace(/\/$/, '')}/${toByteText(name)}`)
    if (pathA === undefined || pathB === undefined) continue
    const only = inA.has(name) ? (inB.has(name) ? undefined : a) : b
    if (only !== undefined && !given.has('N')) {
      context.out(`Only in ${only.replace(/(?<=.)\/$/, '')}: ${toByteText(name)}\n`)
      code = Math.max(code, 1)
      continue
    }
    const areBoth = [pathA, pathB].filter((path) => isDirectory(comparison, path)).length
    if (areBoth === 2 && !given.has('r')) context.out(`Common subdirectories: ${pathA} and ${pathB}\n`)
    else if (areBoth === 2) code = Math.max(code, yield* compareDirectories(comparison, pathA, pathB))
    else if (areBoth === 1) code = Math.max(code, unlike(comparison, pathA, pathB))
    else code = Math.max(code, yield* compareFiles(comparison, pathA, pathB, `${called} ${pathA} ${pathB}\n`))
  }
  return code
}

function unlike(comparison: Comparison, a: ByteText, b: ByteText): number {
  const kind = (path: ByteText): string => (isDirectory(comparison, path) ? 'directory' : 'regular file')
  comparison.context.out(`File ${a} is a ${kind(a)} while file ${b} is a ${kind(b)}\n`)
  return 1
}

/** `head`: what GNU's says before the first change of a file that lies in a directory. */
function* compareFiles(comparison: Comparison, a: ByteText, b: ByteText, head: string): Steps<number> {
  const { context, given } = comparison
  const [textA, textB] = [yield* content(comparison, a), yield* content(comparison, b)]
  if (textA === undefined || textB === undefined) return trouble
  const areEqual = textA === textB
  if (areEqual || given.has('q')) return told(comparison, a, b, areEqual)
  if ((textA.includes('\0') || textB.includes('\0')) && !given.has('a')) {
    context.out(`${say(context, 'Binary files', 'Files')} ${a} and ${b} differ\n`)
    return 1
  }
  const [linesA, linesB] = [linesOf(textA), linesOf(textB)]
  const key = keyOf(given)
  const { budget } = context.shell
  budget.spendCommands(Math.ceil((linesA.length + linesB.length) / triesOfCommand))
  let tries = 0
  const effort = (): void => {
    if (++tries % triesOfCommand === 0) budget.spendCommands()
  }
  const changes = say(context, changesOf, changesByChains)(linesA.map(key), linesB.map(key), effort)
  if (changes.length === 0) return told(comparison, a, b, true)
  const texts: Texts = { a: linesA, b: linesB }
  context.out(
    say(context, head, '') +
      (comparison.around === undefined
        ? changes.map((change) => normal(texts, change)).join('')
        : unified(comparison, texts, changes, [a, b], comparison.around)),
  )
  return 1
}

/** A mistake in usage. */
function misused(context: ToolContext, message: ByteText): number {
  return usage(context, message, say(context, trouble, 1))
}

function told({ context, given }: Comparison, a: ByteText, b: ByteText, areEqual: boolean): number {
  if (!areEqual) context.out(`Files ${a} and ${b} differ\n`)
  else if (given.has('s') && (context.voice === 'gnu' || a !== b)) context.out(`Files ${a} and ${b} are identical\n`)
  return areEqual ? 0 : 1
}

/** With -N a file that is not there is empty. */
function* content(comparison: Comparison, path: ByteText): Steps<ByteText | undefined> {
  const { context, given } = comparison
  const read: ByteText | { readonly code: FsErrorCode } = yield* readAll(context, path)
  if (typeof read === 'string') return read
  if (read.code === 'ENOENT' && given.has('N')) return ''
  context.err(
    `${context.prefix}${say(context, `${path}: ${errorText(read.code)}`, `can't stat '${path}': ${errorText(read.code)}`)}\n`,
  )
  return undefined
}

/** Each with its end, so that a last one without is another. */
function linesOf(text: ByteText): readonly ByteText[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** What of a line counts. */
function keyOf(given: Options): (line: ByteText) => ByteText {
  return (line) => {
    let key = given.has('i') ? line.toLowerCase() : line
    if (given.has('w')) key = key.replace(/[ \t\r\v\f]+/g, '')
    else if (given.has('b')) key = key.replace(/[ \t\r\v\f]+(?=\n|$)/g, '').replace(/[ \t\r\v\f]+/g, ' ')
    else if (given.has('Z')) key = key.replace(/[ \t\r\v\f]+(?=\n|$)/g, '')
    return given.has('w') || given.has('b') || given.has('Z') ? key.replace(/\n$/, '') : key
  }
}

interface Texts {
  readonly a: readonly ByteText[]
  readonly b: readonly ByteText[]
}

const noEnd = '\n\\ No newline at end of file\n'

function marked(mark: string, lines: readonly ByteText[]): ByteText {
  return lines.map((line) => mark + (line.endsWith('\n') ? line : line + noEnd)).join('')
}

/** `2,3c2`. Source: diffutils util.c, print_number_range: of nothing, the line before. */
function normal({ a, b }: Texts, { from, to, otherFrom, otherTo }: Change): ByteText {
  const range = (first: number, last: number): string =>
    last - first > 1 ? `${first + 1},${last}` : String(last - first === 1 ? last : first)
  const letter = to === from ? 'a' : otherTo === otherFrom ? 'd' : 'c'
  return [
    `${range(from, to)}${letter}${range(otherFrom, otherTo)}\n`,
    marked('< ', a.slice(from, to)),
    letter === 'c' ? '---\n' : '',
    marked('> ', b.slice(otherFrom, otherTo)),
  ].join('')
}

function unified(
  comparison: Comparison,
  { a, b }: Texts,
  changes: readonly Change[],
  paths: readonly [ByteText, ByteText],
  around: number,
): ByteText {
  const hunks: Change[][] = []
  for (const change of changes) {
    const last = hunks.at(-1)
    if (last !== undefined && change.from - (last.at(-1)?.to ?? 0) <= 2 * around) last.push(change)
    else hunks.push([change])
  }
  const labels = comparison.given.all('L')
  const heads = paths.map((path, i) => `${i === 0 ? '---' : '+++'} ${labels[i] ?? title(comparison, path)}\n`)
  return heads.join('') + hunks.map((hunk) => hunkText(a, b, hunk, around)).join('')
}

/** GNU's with the time of the file; of what is no file, now. */
function title({ context }: Comparison, path: ByteText): ByteText {
  if (context.voice === 'busybox') return path
  const found = path === '-' ? undefined : context.files.stat(context.shell.path(path))
  const at = found?.ok === true ? found.value.mtimeMs : found === undefined ? context.shell.world.epochNow() : 0
  return `${path}\t${statDate(at)}`
}

function hunkText(
  a: readonly ByteText[],
  b: readonly ByteText[],
  changes: readonly Change[],
  around: number,
): ByteText {
  const [first, last] = [changes[0], changes.at(-1)]
  if (first === undefined || last === undefined) return ''
  const from = Math.max(0, first.from - around)
  const otherFrom = first.otherFrom - (first.from - from)
  const to = Math.min(a.length, last.to + around)
  const otherTo = last.otherTo + (to - last.to)
  const range = (start: number, end: number): string => {
    const count = end - start
    return count === 1 ? String(end) : `${count === 0 ? start : start + 1},${count}`
  }
  let text = `@@ -${range(from, to)} +${range(otherFrom, otherTo)} @@\n`
  let at = from
  for (const change of changes) {
    text += marked(' ', a.slice(at, change.from))
    text += marked('-', a.slice(change.from, change.to)) + marked('+', b.slice(change.otherFrom, change.otherTo))
    at = change.to
  }
  return text + marked(' ', a.slice(at, to))
}
