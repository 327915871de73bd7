/** openssl, as far as scripts make passwords and encode them with it. Source: openssl 3.0, apps/rand.c, apps/enc.c. */
import { encodeBase64 } from '../../bytes/bytes.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, byteTextToBytes } from '../byte-text.ts'
import { decodeBase64 } from './encodings.ts'
import { cannotOpen, notSimulated, readAll, type Tool, type ToolContext, writeFile } from './tool.ts'

/** Runs one of its commands; those that make keys and certificates are refused by name. */
export const openssl: Tool = (context) => {
  const [command = 'help', ...args] = context.args
  if (command === 'rand') return rand(context, args)
  if (command === 'base64') return enc(context, ['-base64', ...args])
  if (command === 'enc' && (args.includes('-base64') || args.includes('-a'))) return enc(context, args)
  return notSimulated(context, `openssl ${command}`)
}

interface Given {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, ByteText>
  readonly operands: readonly ByteText[]
}

/** Options of one dash or two, those of `takes` with a word of their own; a mistake is told, and the exit code is the result. */
function read(
  context: ToolContext,
  command: string,
  args: readonly ByteText[],
  known: string,
  takes: string,
): Given | number {
  const flags = new Set<string>()
  const values = new Map<string, ByteText>()
  const operands: ByteText[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    const name = arg.replace(/^--?/, '')
    if (!arg.startsWith('-') || arg === '-') operands.push(arg)
    else if (takes.split(' ').includes(name) && i + 1 < args.length) values.set(name, args[++i] ?? '')
    else if (takes.split(' ').includes(name)) return refuse(context, command, `Option -${name} needs a value`)
    else if (known.split(' ').includes(name)) flags.add(name)
    else return refuse(context, command, `Unknown option: ${arg}`)
  }
  return { flags, values, operands }
}

function refuse(context: ToolContext, command: string, message: string): number {
  context.err(`${message === '' ? '' : `${command}: ${message}\n`}${command}: Use -help for summary.\n`)
  return 1
}

function rand(context: ToolContext, args: readonly ByteText[]): number {
  const given = read(context, 'rand', args, 'hex base64', 'out rand writerand')
  if (typeof given === 'number') return given
  const { flags, values, operands } = given
  const [count = '0'] = operands
  if (!/^\d{1,9}$/.test(count)) return refuse(context, 'rand', `Can't parse "${count}" as a number`)
  if (operands.length > 1 || (operands.length === 1 && Number(count) === 0)) return refuse(context, 'rand', '')
  context.held(2 * Number(count))
  const bytes = context.shell.world.randomBytes(Number(count))
  const text = flags.has('hex') ? `${hexOf(bytes)}\n` : flags.has('base64') ? wrapped(bytes) : bytes
  return write(context, values.get('out'), text)
}

function hexOf(bytes: ByteText): ByteText {
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

function wrapped(bytes: ByteText): ByteText {
  const text = encodeBase64(byteTextToBytes(bytes))
  return text.replace(/.{1,64}/g, '$&\n')
}

function* enc(context: ToolContext, args: readonly ByteText[]): Steps<number> {
  const given = read(context, 'enc', args, 'base64 a d e A', 'in out')
  if (typeof given === 'number') return given
  const { flags, values } = given
  const path = values.get('in') ?? '-'
  const content = yield* readAll(context, path)
  if (typeof content !== 'string') return cannotOpen(context, path, content.code)
  return write(
    context,
    values.get('out'),
    flags.has('d') ? decoded(content, flags.has('A')) : encoded(content, flags.has('A')),
  )
}

function encoded(bytes: ByteText, isOneLine: boolean): ByteText {
  return isOneLine ? encodeBase64(byteTextToBytes(bytes)) : wrapped(bytes)
}

/** Without -A a text must end with its line: one that does not gives nothing. */
function decoded(text: ByteText, isOneLine: boolean): ByteText {
  if (!isOneLine && !text.endsWith('\n')) return ''
  return decodeBase64(text.replace(/\s/g, '')).text
}

function write(context: ToolContext, path: ByteText | undefined, text: ByteText): number {
  if (path === undefined) {
    context.out(text)
    return 0
  }
  const code = writeFile(context, path, text)
  return code === undefined ? 0 : cannotOpen(context, path, code)
}
