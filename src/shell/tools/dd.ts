/** dd. Sources: GNU coreutils, dd.c; busybox coreutils/dd.c. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes } from '../byte-text.ts'
import { isDevice } from '../engine/devices.ts'
import { Input, type Sink } from '../engine/streams.ts'
import { humanSize } from './format.ts'
import { complain, notSimulated, open, openFile, quoted, say, type ToolContext, usage } from './tool.ts'

const operands = [
  'if',
  'of',
  'bs',
  'ibs',
  'obs',
  'count',
  'skip',
  'seek',
  'iseek',
  'oseek',
  'conv',
  'iflag',
  'oflag',
  'status',
]

/** What changes bytes on their way, or how they are written, and is done here; what only asks the disk to hurry does nothing. */
const common = ['swab', 'sync', 'notrunc', 'noerror', 'fsync']
const conversions = { gnu: [...common, 'ucase', 'lcase', 'fdatasync', 'excl', 'nocreat'], busybox: common }
/** The same that exist in reality and not here. */
const others = [
  'ascii',
  'ebcdic',
  'ibm',
  'block',
  'unblock',
  'sparse',
  'cio',
  'directory',
  'noatime',
  'nocache',
  'noctty',
  'nofollow',
  'nolinks',
  'binary',
  'text',
]
const flags = ['append', 'direct', 'dsync', 'sync', 'nonblock', 'fullblock', 'count_bytes', 'skip_bytes', 'seek_bytes']

/** Operands, worked out. */
interface Copy {
  readonly from: ByteText | undefined
  readonly to: ByteText | undefined
  readonly inSize: number
  readonly outSize: number
  /** All in bytes. */
  readonly limit: number
  readonly skip: number
  readonly seek: number
  readonly has: (word: string) => boolean
  readonly status: string
}

interface Count {
  whole: number
  part: number
}

/** Copies blocks, and tells how many. */
export function* dd(context: ToolContext): Steps<number> {
  const given = new Map<string, string>()
  for (const arg of context.args) {
    const at = arg.indexOf('=')
    const name = arg.slice(0, at)
    if (at < 0 || !operands.includes(name))
      return usage(
        context,
        say(context, `unrecognized operand ${quoted(context, arg)}`, `unrecognized operand '${arg}'`),
      )
    given.set(name, arg.slice(at + 1))
  }
  const copy = copyOf(context, given)
  if (typeof copy === 'number') return copy
  const input = copy.from === undefined ? context.stdin : open(context, copy.from)
  if (!(input instanceof Input)) {
    const isDirectory = input === 'EISDIR' && context.voice === 'gnu'
    const what = isDirectory ? complain(context, `error reading '${copy.from ?? ''}': Is a directory`) : undefined
    return what ?? cannotOpen(context, copy.from ?? '', errorText(input))
  }
  const output = copy.to === undefined ? context.streams.out : outputOf(context, copy, copy.to)
  if (typeof output === 'number') return output
  const began = context.shell.world.epochNow()
  const [read, written]: readonly [Count, Count] = [
    { whole: 0, part: 0 },
    { whole: 0, part: 0 },
  ]
  const { bytes, code } = yield* run(context, copy, input, output, read, written)
  if (copy.status !== 'none') report(context, copy, [read, written], bytes, context.shell.world.epochNow() - began)
  return code
}

function copyOf(context: ToolContext, given: ReadonlyMap<string, string>): Copy | number {
  const words: string[] = []
  for (const name of ['conv', 'iflag', 'oflag'] as const) {
    const own = given.get(name)?.split(',') ?? []
    const known = name === 'conv' ? conversions[context.voice] : flags
    const unknown = own.find((word) => !known.includes(word))
    if (unknown !== undefined) return unknownWord(context, name, unknown)
    words.push(...own)
  }
  const sizes = new Map<string, number>()
  for (const name of ['bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'iseek', 'oseek']) {
    const text = given.get(name)
    if (text === undefined) continue
    const size = sizeOf(text)
    const isZero = size === 0 && name.endsWith('bs')
    if (size === undefined || isZero || (context.voice === 'busybox' && text.includes('x'))) {
      const range = `number ${text} is not in 1..9223372036854775807 range`
      const number = isZero ? range : `invalid number '${text}'`
      return complain(context, say(context, `invalid number: ${quoted(context, text)}`, number))
    }
    sizes.set(name, size)
  }
  const has = (word: string): boolean => words.includes(word)
  const inSize = sizes.get('bs') ?? sizes.get('ibs') ?? 512
  const outSize = sizes.get('bs') ?? sizes.get('obs') ?? 512
  const count = sizes.get('count')
  return {
    from: given.get('if'),
    to: given.get('of'),
    inSize,
    outSize,
    limit: count === undefined ? Number.POSITIVE_INFINITY : count * (has('count_bytes') ? 1 : inSize),
    skip: (sizes.get('skip') ?? sizes.get('iseek') ?? 0) * (has('skip_bytes') ? 1 : inSize),
    seek: (sizes.get('seek') ?? sizes.get('oseek') ?? 0) * (has('seek_bytes') ? 1 : outSize),
    has,
    status: given.get('status') ?? '',
  }
}

const kinds = { conv: 'conversion', iflag: 'input flag', oflag: 'output flag' } as const

function unknownWord(context: ToolContext, name: keyof typeof kinds, word: string): number {
  if (others.includes(word) && (context.voice === 'gnu' || name !== 'conv'))
    return notSimulated(context, `dd ${name}=${word}`)
  return usage(
    context,
    say(context, `invalid ${kinds[name]}: ${quoted(context, word)}`, `invalid argument '${word}' to '${name}'`),
  )
}

/** `2x512`, `4k`, `1MB`. */
function sizeOf(text: string): number | undefined {
  let product = 1
  for (const factor of text.split('x')) {
    const match = /^(\d+)(c|w|b|kB|[kK]|KiB|MB|M|MiB|GB|G|GiB)?$/.exec(factor)
    if (match === null) return undefined
    product *= Number(match[1]) * (units[match[2] ?? ''] ?? 1)
  }
  return product
}

const units: Readonly<Record<string, number>> = {
  ...{ c: 1, w: 2, b: 512, kB: 1000, k: 1024, K: 1024, KiB: 1024, MB: 1e6, M: 1024 ** 2, MiB: 1024 ** 2 },
  ...{ GB: 1e9, G: 1024 ** 3, GiB: 1024 ** 3 },
}

function cannotOpen(context: ToolContext, path: ByteText, text: string): number {
  return complain(context, say(context, `failed to open '${path}': ${text}`, `can't open '${path}': ${text}`))
}

/** A file is cut at the place where the copy begins, unless it is to be kept. */
function outputOf(context: ToolContext, copy: Copy, path: ByteText): Sink | number {
  const { files, shell } = context
  const at = shell.path(path)
  const before = isDevice(shell.logicalPath(path)) ? undefined : files.readFile(at)
  if (copy.has('excl') && before?.ok === true) return cannotOpen(context, path, 'File exists')
  const isPatch = copy.has('notrunc') || copy.seek > 0
  if (!isPatch || copy.has('append')) {
    const sink = openFile(context, path, copy.has('append'))
    return typeof sink === 'string' ? cannotOpen(context, path, errorText(sink)) : sink
  }
  if (before !== undefined && !before.ok && before.code !== 'ENOENT')
    return cannotOpen(context, path, errorText(before.code))
  const kept = before?.ok === true ? bytesToByteText(before.value) : ''
  context.held(copy.seek)
  return new PatchSink(kept, copy, (bytes) => {
    // The file is written anew with each block.
    context.held(bytes.length)
    shell.budget.spendBytes(bytes.length)
    const written = files.writeFile(at, byteTextToBytes(bytes))
    return written.ok ? undefined : written.code
  })
}

/** Writes over what a file holds, from a place on. */
class PatchSink implements Sink {
  #text: ByteText
  #at: number
  readonly #isKept: boolean
  readonly #write: (bytes: ByteText) => FsErrorCode | undefined
  #failure: FsErrorCode | undefined

  constructor(text: ByteText, { seek, has }: Copy, write: (bytes: ByteText) => FsErrorCode | undefined) {
    this.#at = seek
    this.#isKept = has('notrunc')
    this.#text = this.#isKept ? text : text.slice(0, seek).padEnd(seek, '\0')
    this.#write = write
    this.#failure = write(this.#text)
  }

  write(bytes: ByteText): void {
    const after = this.#at + bytes.length
    this.#text = this.#text.slice(0, this.#at).padEnd(this.#at, '\0') + bytes + this.#text.slice(after)
    this.#at = after
    this.#failure ??= this.#write(this.#text)
  }

  takeFailure(): FsErrorCode | undefined {
    return this.#failure
  }
}

function* run(
  context: ToolContext,
  copy: Copy,
  input: Input,
  output: Sink,
  read: Count,
  written: Count,
): Steps<{ readonly bytes: number; readonly code: number }> {
  const { budget } = context.shell
  for (let left = copy.skip; left > 0; ) {
    const passed = yield* input.take(Math.min(left, pieceBytes))
    if (passed === '') break
    left -= passed.length
    budget.spendBytes(passed.length)
  }
  if (copy.has('sync')) context.held(copy.inSize)
  let bytes = 0
  for (let left = copy.limit; left > 0; ) {
    const block = yield* blockOf(context, input, Math.min(copy.inSize, left))
    if (block === '') break
    if ((read.whole + read.part) % blocksOfCommand === 0) budget.spendCommands()
    left -= block.length
    if (block.length === copy.inSize) read.whole++
    else read.part++
    const shown = converted(copy, block)
    output.write(shown)
    const failure = output.takeFailure?.()
    if (failure !== undefined) {
      const path = copy.to ?? 'standard output'
      return {
        bytes,
        code: complain(context, `error writing '${path}': ${errorText(failure)}`),
      }
    }
    bytes += shown.length
    if (output.isBroken === true || (output.ready !== undefined && !(yield* output.ready())))
      return { bytes, code: 141 }
  }
  // Blocks of another size are put together for the output.
  if (copy.inSize === copy.outSize) Object.assign(written, read)
  else Object.assign(written, { whole: Math.floor(bytes / copy.outSize), part: bytes % copy.outSize === 0 ? 0 : 1 })
  return { bytes, code: 0 }
}

const pieceBytes = 65_536
/** Measured: so many blocks of one byte take as long as a command. */
const blocksOfCommand = 16

function* blockOf(context: ToolContext, input: Input, size: number): Steps<ByteText> {
  let block = ''
  while (block.length < size) {
    const piece = yield* input.take(Math.min(size - block.length, pieceBytes))
    if (piece === '') break
    block += piece
    context.held(block.length)
  }
  return block
}

function converted({ has, inSize }: Copy, block: ByteText): ByteText {
  let text = block
  if (has('swab')) text = text.replace(/([\s\S])([\s\S])/g, '$2$1')
  if (has('ucase')) text = text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
  if (has('lcase')) text = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  return has('sync') && !has('direct') ? text.padEnd(inSize, '\0') : text
}

/** How much was copied. It took no virtual time: the shortest that the clock tells. */
function report(
  context: ToolContext,
  { status }: Copy,
  [read, written]: readonly [Count, Count],
  bytes: number,
  tookMs: number,
): void {
  context.err(`${read.whole}+${read.part} records in\n${written.whole}+${written.part} records out\n`)
  if (status === 'noxfer') return
  const seconds = Math.max(tookMs / 1000, 1e-6)
  if (context.voice === 'busybox') {
    context.err(
      `${bytes} bytes (${humanSize(bytes)}B) copied, ${seconds.toFixed(6)} seconds, ${humanSize(bytes / seconds)}B/s\n`,
    )
    return
  }
  const decimal = scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])
  const binary = scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])
  const sizes = bytes < 1000 ? '' : bytes < 1024 ? ` (${decimal})` : ` (${decimal}, ${binary})`
  const rate = bytes === 0 ? '0.0 kB' : scaled(bytes / seconds, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'])
  context.err(
    `${bytes} byte${bytes === 1 ? '' : 's'}${sizes} copied, ${seconds < 1e-3 ? seconds.toExponential().replace('e-6', 'e-06') : String(seconds)} s, ${rate}/s\n`,
  )
}

/** Source: gnulib human.c: one decimal below 10. */
function scaled(amount: number, base: number, names: readonly string[]): string {
  let value = amount
  let unit = 0
  while (value >= base && unit < names.length - 1) {
    value /= base
    unit++
  }
  const shown = unit > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value))
  return `${shown} ${names[unit]}`
}
