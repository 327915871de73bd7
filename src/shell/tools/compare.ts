/** cmp, comm. Sources: GNU diffutils cmp.c, coreutils comm.c; busybox editors/cmp.c, coreutils/comm.c. */
import { errorText } from '../../fs/error-text.ts'
import { compareBytes } from '../../fs/path.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { allLines, complain, inputs, options, quoted, readAll, say, type ToolContext, usage } from './tool.ts'

const trouble = 2

/** Where two files first differ, or with -l all bytes that do. */
export function* cmp(context: ToolContext): Steps<number> {
  const longs = { silent: 's', quiet: 's', verbose: 'l', 'print-bytes': 'b', bytes: 'n', 'ignore-initial': 'i' }
  const given = options(context, say(context, 'slbn:i:', 'sln:'), longs, { badCode: say(context, trouble, 1) })
  if (typeof given === 'number') return given
  const [first, second = '-', ...more] = given.operands
  if (first === undefined) {
    const last = context.args.at(-1) ?? 'cmp'
    return usage(context, `missing operand after '${last}'`, say(context, trouble, 1))
  }
  const skips = [...(given.value('i')?.split(':') ?? []), ...more].map(Number)
  const limit = given.has('n') ? Number(given.value('n')) : undefined
  const texts: ByteText[] = []
  for (const [i, path] of [first, second].entries()) {
    const read = yield* readAll(context, path)
    if (typeof read !== 'string') {
      return !given.has('s') ? complain(context, `${path}: ${errorText(read.code)}`, trouble) : trouble
    }
    const from = skips[i] ?? skips[0] ?? 0
    texts.push(read.slice(from, limit === undefined ? undefined : from + limit))
  }
  const [a = '', b = ''] = texts
  const shorter = Math.min(a.length, b.length)
  const differing = given.has('l') ? allDifferences(a, b) : firstDifference(a, b)
  if (given.has('s')) return a === b ? 0 : 1
  const width = say(context, String(Math.max(a.length, b.length)).length, 0)
  const shown = (text: ByteText, at: number): string => octal(text, at, given.has('b'))
  const bytesAt = (at: number): string =>
    `${given.has('l') && given.has('b') ? shown(a, at).padEnd(8) : shown(a, at)} ${shown(b, at)}`
  for (const at of differing) {
    if (given.has('l')) context.out(`${String(at + 1).padStart(width)} ${bytesAt(at)}\n`)
    else {
      const bytes = given.has('b') ? ` is ${bytesAt(at)}` : ''
      const unit = say(context, 'byte', 'char')
      context.out(`${first} ${second} differ: ${unit} ${at + 1}, line ${lineAt(a, at)}${bytes}\n`)
    }
  }
  if (a.length === b.length || (!given.has('l') && differing.length > 0)) return differing.length > 0 ? 1 : 0
  const short = a.length < b.length ? first : second
  context.err(`${context.prefix}EOF on ${short}${say(context, endText(a, shorter, given.has('l')), '')}\n`)
  return 1
}

/** `after byte 2, in line 1`; of a file that ends with its last line, without `in`. Source: cmp.c, cmp. */
function endText(text: ByteText, length: number, isVerbose: boolean): string {
  if (length === 0) return ' which is empty'
  if (isVerbose) return ` after byte ${length}`
  const isWhole = text.charAt(length - 1) === '\n'
  const lines = text.slice(0, length).split('\n').length - 1
  return ` after byte ${length}, ${isWhole ? 'line' : 'in line'} ${isWhole ? lines : lines + 1}`
}

function firstDifference(a: ByteText, b: ByteText): readonly number[] {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return [i]
  return []
}

function allDifferences(a: ByteText, b: ByteText): readonly number[] {
  const found: number[] = []
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) found.push(i)
  return found
}

function octal(text: ByteText, at: number, isShown: boolean): string {
  const digits = text.charCodeAt(at).toString(8).padStart(3)
  return isShown ? `${digits} ${text.charAt(at).replace(/[\0-\x1f\x7f-\xff]/, '?')}` : digits
}

function lineAt(text: ByteText, at: number): number {
  return text.slice(0, at).split('\n').length
}

/** Lines of one sorted file, of the other, of both. */
export function* comm(context: ToolContext): Steps<number> {
  const given = options(context, '123')
  if (typeof given === 'number') return given
  const [first, second, third] = given.operands
  if (first === undefined || second === undefined) return missingOperand(context, first)
  if (third !== undefined) return usage(context, `extra operand ${quoted(context, third)}`)
  const { list, code } = inputs(context, [first, second])
  const [inA, inB] = list
  if (inA === undefined || inB === undefined) return code
  const [a, b] = [yield* allLines(context, [inA]), yield* allLines(context, [inB])]
  const lead = (column: number): string =>
    [1, 2, 3]
      .filter((each) => each < column && !given.has(String(each)))
      .fill(0)
      .map(() => '\t')
      .join('')
  const show = (column: number, line: ByteText): void => {
    if (!given.has(String(column))) context.out(`${lead(column)}${line}\n`)
  }
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    const [own, other] = [a[i], b[k]]
    const order = own === undefined ? 1 : other === undefined ? -1 : compareBytes(own, other)
    show(order < 0 ? 1 : order > 0 ? 2 : 3, (order <= 0 ? own : other) ?? '')
    if (order <= 0) i++
    if (order >= 0) k++
  }
  return code
}

function missingOperand(context: ToolContext, first: ByteText | undefined): number {
  return usage(context, first === undefined ? 'missing operand' : `missing operand after ${quoted(context, first)}`)
}
