/** openssl, as far as scripts make passwords, keys and certificates with it. Source: openssl 3.0, apps/rand.c, enc.c, dgst.c. */
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { encodeBase64 } from '../../bytes/bytes.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, byteTextToBytes } from '../byte-text.ts'
import { decodeBase64 } from './encodings.ts'
import { certificateCommand } from './openssl/certificates.ts'
import { hexText, read, refuse, write } from './openssl/context.ts'
import { keyCommand } from './openssl/keys.ts'
import { cannotOpen, notSimulated, readAll, type Tool, type ToolContext } from './tool.ts'

/** Runs one of its commands; what needs a network, a passphrase or another format is refused in words. */
export const openssl: Tool = (context) => {
  const [command = 'help', ...args] = context.args
  if (command === 'rand') return rand(context, args)
  if (command === 'base64') return enc(context, ['-base64', ...args])
  if (command === 'enc' && (args.includes('-base64') || args.includes('-a'))) return enc(context, args)
  if (command === 'version') {
    context.out('OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)\n')
    return 0
  }
  if (command === 'dgst' || Object.hasOwn(digests, command)) return dgst(context, command, args)
  return (
    keyCommand(context, command, args) ??
    certificateCommand(context, command, args) ??
    notSimulated(context, `openssl ${command}`)
  )
}

/** By the names of options: what outputs call them, and the function. */
const digests: Readonly<Record<string, readonly [title: string, digest: (bytes: Uint8Array) => Uint8Array]>> = {
  md5: ['MD5', md5],
  sha1: ['SHA1', sha1],
  sha256: ['SHA2-256', sha256],
  sha384: ['SHA2-384', sha384],
  sha512: ['SHA2-512', sha512],
}

function* dgst(context: ToolContext, command: string, args: readonly ByteText[]): Steps<number> {
  const names = Object.keys(digests)
  const given = read(context, command, args, ['hex', 'r', ...names].join(' '), 'out')
  if (typeof given === 'number') return given
  const { flags, values, operands } = given
  const [title, digest] = digests[names.find((name) => flags.has(name)) ?? command] ?? ['SHA2-256', sha256]
  let text = ''
  for (const path of operands.length === 0 ? ['-'] : operands) {
    const content = yield* readAll(context, path)
    if (typeof content !== 'string') return cannotOpen(context, path, content.code)
    const hex = hexText(digest(byteTextToBytes(content)), '', false)
    const name = path === '-' ? 'stdin' : path
    text += flags.has('r') ? `${hex} *${name}\n` : `${title}(${name})= ${hex}\n`
  }
  return write(context, values.get('out'), text)
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
