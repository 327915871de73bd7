/** What openssl's commands share: options, keys and certificates in files, what is written. */
import { encodeBase64 } from '../../../bytes/bytes.ts'
import { type PemBlock, pemBlocks } from '../../../go/tls/der.ts'
import { type PrivateKey, parsePrivateKey, pem } from '../../../go/tls/private-key.ts'
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, byteTextToBytes, fromByteText, toByteText } from '../../byte-text.ts'
import { cannotOpen, readAll, type ToolContext, writeFile } from '../tool.ts'

/** Options of one command. */
export interface Given {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, ByteText>
  /** All values of an option that may come more than once. */
  all(name: string): readonly ByteText[]
  readonly operands: readonly ByteText[]
}

/** Options of one dash or two, those of `takes` with a word of their own; a mistake is told, and the exit code is the result. */
export function read(
  context: ToolContext,
  command: string,
  args: readonly ByteText[],
  known: string,
  takes: string,
): Given | number {
  const flags = new Set<string>()
  const values = new Map<string, ByteText>()
  const pairs: (readonly [string, ByteText])[] = []
  const operands: ByteText[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    const name = arg.replace(/^--?/, '')
    if (!arg.startsWith('-') || arg === '-') operands.push(arg)
    else if (takes.split(' ').includes(name) && i + 1 < args.length) {
      const value = args[++i] ?? ''
      values.set(name, value)
      pairs.push([name, value])
    } else if (takes.split(' ').includes(name)) return refuse(context, command, `Option -${name} needs a value`)
    else if (known.split(' ').includes(name)) flags.add(name)
    else return refuse(context, command, `Unknown option: ${arg}`)
  }
  const all = (name: string): readonly ByteText[] => pairs.filter(([one]) => one === name).map(([, value]) => value)
  return { flags, values, all, operands }
}

/** Tells a mistake in the options. */
export function refuse(context: ToolContext, command: string, message: string): number {
  context.err(`${message === '' ? '' : `${command}: ${message}\n`}${command}: Use -help for summary.\n`)
  return 1
}

/** Writes into a file, or to standard output. */
export function write(context: ToolContext, path: ByteText | undefined, text: ByteText): number {
  if (path === undefined) {
    context.out(text)
    return 0
  }
  const code = writeFile(context, path, text)
  return code === undefined ? 0 : cannotOpen(context, path, code)
}

/** Bytes as the same under one seed. */
export function random(context: ToolContext): (count: number) => Uint8Array {
  return (count) => byteTextToBytes(context.shell.world.randomBytes(count))
}

/** A PEM block as byte text. */
export function pemText(label: string, der: Uint8Array): ByteText {
  return toByteText(pem(label, der, encodeBase64))
}

/** The blocks of a file; undefined when it cannot be read, which has been told as `what`. */
export function* blocksOf(
  context: ToolContext,
  path: ByteText | undefined,
  what: string,
): Steps<readonly PemBlock[] | undefined> {
  const content = yield* readAll(context, path ?? '-')
  if (typeof content !== 'string') return toldUnreadable(context, path ?? '-', what)
  return pemBlocks(fromByteText(content))
}

function toldUnreadable(context: ToolContext, path: ByteText, what: string): undefined {
  context.err(`Could not open file or uri for loading ${what} from ${path}\n`)
  return undefined
}

/** The private key in a file; undefined when there is none, which has been told. */
export function* keyOf(
  context: ToolContext,
  path: ByteText | undefined,
  what = 'private key',
): Steps<PrivateKey | undefined> {
  const blocks = yield* blocksOf(context, path, what)
  if (blocks === undefined) return undefined
  const block = blocks.find(({ type }) => type.endsWith('PRIVATE KEY'))
  const key = block === undefined ? undefined : parsePrivateKey(block.bytes)
  if (key === undefined) context.err(`Could not read ${what} from ${path === undefined ? '<stdin>' : path}\n`)
  return key
}

/** Two upper-case digits a byte, with what stands between them. */
export function hexText(bytes: Uint8Array, between = '', isUpper = true): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between)
  return isUpper ? digits.toUpperCase() : digits
}
