/** truncate and du. Sources: GNU coreutils truncate.c, du.c; busybox coreutils/truncate.c, du.c. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { blocksOf, humanSize } from './format.ts'
import { mountOf } from './ls.ts'
import { sizeOf } from './pieces.ts'
import { complain, hasRoom, type Options, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Largest file that is made by naming its size. */
const largest = 64 * 1024 ** 2

/** Makes files as long as is said. */
export const truncate: Tool = (context) => {
  const given = options(context, say(context, 'cs:r:o', 'cs:'), { 'no-create': 'c', size: 's', reference: 'r' })
  if (typeof given === 'number') return given
  const [text, reference] = [given.value('s'), given.value('r')]
  if (text === undefined && reference === undefined)
    return usage(
      context,
      say(
        context,
        `you must specify either ${quoted(context, '--size')} or ${quoted(context, '--reference')}`,
        'missing size',
      ),
    )
  if (given.operands.length === 0) return usage(context, 'missing file operand')
  const [, sign = '', digits = ''] = /^([-+<>/%]?)(.*)$/s.exec(text ?? '') ?? []
  const wanted = text === undefined ? 0 : sizeOf(context.voice === 'gnu' ? digits : text)
  if (wanted === undefined || (wanted === 0 && /[/%]/.test(sign)))
    return complain(
      context,
      wanted === 0
        ? 'division by zero'
        : say(context, `Invalid number: ${quoted(context, text ?? '')}`, `invalid number '${text ?? ''}'`),
    )
  const like = reference === undefined ? undefined : context.files.stat(context.shell.path(reference))
  if (like?.ok === false) return complain(context, `cannot stat '${reference ?? ''}': ${errorText(like.code)}`)
  const from = like === undefined ? undefined : like.value.size
  let code = 0
  for (const path of given.operands)
    if (
      !resized(context, path, given.has('c'), (size) =>
        sizeAfter(sign, text === undefined ? 0 : wanted, from ?? size, from !== undefined && text === undefined),
      )
    )
      code = 1
  return code
}

/** `+2`, `-2`: by so much; `<`, `>`: at most, at least; `/`, `%`: down, up to a multiple. */
function sizeAfter(sign: string, wanted: number, size: number, isAsReference: boolean): number {
  if (isAsReference) return size
  switch (sign) {
    case '+':
      return size + wanted
    case '-':
      return Math.max(size - wanted, 0)
    case '<':
      return Math.min(size, wanted)
    case '>':
      return Math.max(size, wanted)
    case '/':
      return size - (size % wanted)
    case '%':
      return Math.ceil(size / wanted) * wanted
    default:
      return wanted
  }
}

function resized(context: ToolContext, path: ByteText, mustExist: boolean, after: (size: number) => number): boolean {
  const at = context.shell.path(path)
  const refuse = (text: string): boolean => {
    complain(context, say(context, `cannot open '${path}' for writing: ${text}`, `${path}: open: ${text}`))
    return false
  }
  const there = context.files.stat(at)
  if (!there.ok && mustExist && there.code === 'ENOENT') return true
  const content = there.ok ? context.files.readFile(at) : undefined
  if (content?.ok === false) return refuse(errorText(content.code))
  const bytes = content?.value ?? new Uint8Array()
  const size = after(bytes.length)
  if (size > largest) {
    complain(context, `podsim does not simulate files of more than ${largest} bytes`)
    return false
  }
  const made = new Uint8Array(size)
  made.set(bytes.subarray(0, size))
  const written = context.files.writeFile(at, made)
  return written.ok || refuse(errorText(written.code))
}

/** What du was asked for. */
interface Wanted {
  readonly deepest: number
  readonly tellsFiles: boolean
  readonly size: (blocks: number, bytes: number) => number
  readonly show: (size: number) => string
}

/** What files and directories take of the disk. */
export function* du(context: ToolContext): Steps<number> {
  const longs = {
    ...{
      all: 'a',
      summarize: 's',
      'human-readable': 'h',
      total: 'c',
      'max-depth': 'd',
      bytes: 'b',
      'count-links': 'l',
    },
    ...{ 'apparent-size': 'A', 'one-file-system': 'x', dereference: 'L' },
  }
  const given = options(context, say(context, 'ashcd:bklmxLADH0S', 'aHLd:clshmkxb'), longs)
  if (typeof given === 'number') return given
  const depth = given.value('d')
  if (depth !== undefined && !/^\d{1,9}$/.test(depth))
    return context.voice === 'gnu'
      ? usage(context, `invalid maximum depth ${quoted(context, depth)}`)
      : complain(context, `invalid number '${depth}'`)
  const wanted = wantedOf(context, given)
  let [code, total] = [0, 0]
  const seen = new Set<number>()
  for (const path of given.operands.length === 0 ? ['.'] : given.operands) {
    const stat = context.files.lstat(context.shell.path(path))
    if (!stat.ok) {
      const text = errorText(stat.code)
      code = complain(context, say(context, `cannot access '${path}': ${text}`, `${path}: ${text}`))
      continue
    }
    total += yield* walked(context, path, 0, wanted, seen)
  }
  if (given.has('c')) context.out(`${wanted.show(total)}\ttotal\n`)
  return code
}

function wantedOf(context: ToolContext, given: Options): Wanted {
  const unit = given.has('m') ? 1024 ** 2 : given.has('b') ? 1 : 1024
  const isApparent = given.has('b') || (context.voice === 'gnu' && given.has('A'))
  const isHuman = given.has('h')
  return {
    deepest: given.has('s') ? 0 : Number(given.value('d') ?? Number.POSITIVE_INFINITY),
    tellsFiles: given.has('a'),
    size: (blocks, bytes) => (isApparent ? bytes : blocks * 512),
    show: (size) => (isHuman ? say(context, gnuHuman, busyboxHuman)(size) : String(Math.ceil(size / unit))),
  }
}

/** Rounded up; one digit after the point below 10. Source: gnulib human.c. */
function gnuHuman(size: number): string {
  if (size < 1024) return String(size)
  const units = ['', 'K', 'M', 'G', 'T']
  let [value, unit] = [size, 0]
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${units[unit]}`
}

function busyboxHuman(size: number): string {
  return size === 0 ? '0' : humanSize(size)
}

/** Tells a directory after what is in it; a file of several names counts once. */
function* walked(
  context: ToolContext,
  path: ByteText,
  depth: number,
  wanted: Wanted,
  seen: Set<number>,
): Steps<number> {
  const at = context.shell.path(path)
  const stat = context.files.lstat(at)
  if (!stat.ok) return 0
  const { value } = stat
  if (value.type !== 'directory' && value.links > 1) {
    if (seen.has(value.inode)) return 0
    seen.add(value.inode)
  }
  const isDirectory = value.type === 'directory'
  const blocks = blocksOf(value, mountOf(context, at)?.type === 'tmpfs')
  let size = wanted.size(blocks, value.type === 'directory' && blocks === 0 ? 0 : value.size)
  const names = isDirectory ? context.files.directoryOrder(at) : undefined
  if (names?.ok === false)
    complain(
      context,
      say(
        context,
        `cannot read directory '${path}': ${errorText(names.code)}`,
        `can't open '${path}': ${errorText(names.code)}`,
      ),
    )
  for (const name of names?.ok === true ? names.value : []) {
    size += yield* walked(context, `${path.replace(/\/$/, '')}/${toByteText(name)}`, depth + 1, wanted, seen)
    if (!(yield* hasRoom(context))) break
  }
  if (depth === 0 || (depth <= wanted.deepest && (isDirectory || wanted.tellsFiles)))
    context.out(`${wanted.show(size)}\t${path}\n`)
  return size
}
