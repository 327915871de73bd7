/** base64, checksums, envsubst. Sources: GNU coreutils, gettext; busybox. */
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { encodeBase64 } from '../../bytes/bytes.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes } from '../byte-text.ts'
import {
  allBytes,
  cannotOpen,
  complain,
  eachBlock,
  inputs,
  type Options,
  options,
  quoted,
  readAll,
  say,
  type Tool,
  type ToolContext,
  usage,
} from './tool.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Characters on a line unless `-w` says otherwise. */
const defaultWidth = 76

/** Encodes in lines of 76 characters, or decodes with -d. */
export const base64: Tool = function* base64(context): Steps<number> {
  const given = options(context, 'dDiw:', { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' })
  if (typeof given === 'number') return given
  if (given.operands.length > 1) return usage(context, `extra operand ${quoted(context, given.operands[1] ?? '')}`)
  if (given.has('d') || given.has('D')) {
    const content = yield* allBytes(context, given.operands)
    if (content === undefined) return 1
    const clean = content.replace(given.has('i') ? /[^A-Za-z0-9+/=]/g : say(context, /\n/g, /[ \t\r\n]/g), '')
    const { text, isValid } = decodeBase64(clean)
    context.out(text)
    return isValid ? 0 : complain(context, say(context, 'invalid input', 'truncated input'))
  }
  const width = given.value('w') ?? String(defaultWidth)
  if (!/^\d+$/.test(width))
    return complain(context, say(context, `invalid wrap size: ${quoted(context, width)}`, `invalid number '${width}'`))
  const columns = Number(width)
  const { list, code } = inputs(context, given.operands)
  // Three bytes are four characters: blocks of three bytes a column end with a line.
  yield* eachBlock(context, list, { size: 3 * Math.max(columns, 1) }, (bytes) => {
    const encoded = encodeBase64(byteTextToBytes(bytes))
    if (columns === 0) context.out(encoded)
    else for (let i = 0; i < encoded.length; i += columns) context.out(`${encoded.slice(i, i + columns)}\n`)
  })
  return code
}

const values = new Map(Array.from(alphabet, (char, i) => [char.charCodeAt(0), i]))

/** What can be decoded of a text, up to its first mistake. */
export function decodeBase64(text: ByteText): { readonly text: ByteText; readonly isValid: boolean } {
  const bytes = new Uint8Array(Math.ceil(text.length * 0.75))
  let length = 0
  let bits = 0
  let width = 0
  let i = 0
  for (; i < text.length; i++) {
    const value = values.get(text.charCodeAt(i))
    if (value === undefined) break
    bits = ((bits << 6) | value) & 0xffff
    width += 6
    if (width < 8) continue
    width -= 8
    bytes[length++] = (bits >> width) & 255
  }
  const rest = text.slice(i)
  const isValid = text.length % 4 === 0 && /^={0,2}$/.test(rest) && !(rest !== '' && i % 4 < 2)
  return { text: bytesToByteText(bytes.subarray(0, length)), isValid }
}

const digests: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  md5sum: md5,
  sha1sum: sha1,
  sha224sum: sha224,
  sha256sum: sha256,
  sha384sum: sha384,
  sha512sum: sha512,
}

/** md5sum, sha1sum, sha256sum and the like; -c checks a list of them. */
export const checksum: Tool = function* checksum(context): Steps<number> {
  const given = options(context, say(context, 'btcwzSQI', 'cswbt'), {
    ...{ binary: 'b', text: 't', check: 'c', status: 'S', quiet: 'Q', warn: 'w', zero: 'z', tag: 'T' },
    ...{ 'ignore-missing': 'I', strict: 'R' },
  })
  if (typeof given === 'number') return given
  const digest = digests[context.name] ?? sha256
  if (given.has('c')) return yield* checkSums(context, given.operands, digest, given)
  let code = 0
  for (const path of given.operands.length === 0 ? ['-'] : given.operands) {
    const content = yield* readAll(context, path)
    if (typeof content !== 'string') code = cannotOpen(context, path, content.code)
    else {
      const sum = bytesToHex(digest(byteTextToBytes(content)))
      const kind = context.name.replace('sum', '').toUpperCase()
      const mark = given.has('b') && context.voice === 'gnu' ? '*' : ' '
      context.out(
        given.has('T') ? `${kind} (${path}) = ${sum}\n` : `${sum} ${mark}${path}${given.has('z') ? '\0' : '\n'}`,
      )
    }
  }
  return code
}

function* checkSums(
  context: ToolContext,
  lists: readonly ByteText[],
  digest: (bytes: Uint8Array) => Uint8Array,
  given: Options,
): Steps<number> {
  const isBusybox = context.voice === 'busybox'
  const isSilent = given.has('s') || given.has('S')
  let malformed = 0
  let verified = 0
  let failed = 0
  let unread = 0
  let checked = 0
  const sumLength = 2 * digest(new Uint8Array()).length
  const { list, code } = inputs(context, lists)
  for (const { input } of list) {
    const text = yield* input.all(context.held)
    for (const line of text.replace(/\n$/, '').split('\n')) {
      const match = /^(\S+) [ *](.+)$/.exec(line)
      const isSum = match !== null && (isBusybox || new RegExp(`^[0-9a-fA-F]{${sumLength}}$`).test(match[1] ?? ''))
      if (isSum || isBusybox) checked++
      if (isBusybox && match === null) failed++
      if (!isSum && !isBusybox) malformed++
      if (!isSum) continue
      const [, wanted = '', path = ''] = match
      const content = yield* readAll(context, path)
      if (typeof content !== 'string' && content.code === 'ENOENT' && given.has('I')) continue
      const isRight =
        typeof content === 'string' && bytesToHex(digest(byteTextToBytes(content))) === wanted.toLowerCase()
      if (typeof content !== 'string') cannotOpen(context, path, content.code)
      if (!isRight) failed++
      verified++
      if (typeof content !== 'string') unread++
      if (!isSilent && !(isRight && given.has('Q')))
        context.out(
          `${path}: ${isRight ? 'OK' : typeof content === 'string' ? 'FAILED' : say(context, 'FAILED open or read', 'FAILED')}\n`,
        )
    }
  }
  if (checked === 0 && list.length > 0)
    return complain(context, `${lists[0] ?? '-'}: no properly formatted checksum lines found`)
  if (verified === 0 && given.has('I')) return complain(context, `${lists[0] ?? '-'}: no file was verified`)
  if (isSilent) return failed > 0 ? 1 : code
  // Source: coreutils digest.c, digest_check; busybox coreutils/md5_sha1_sum.c.
  if (isBusybox) {
    if (failed > 0) complain(context, `WARNING: ${failed} of ${checked} computed checksums did NOT match`)
  } else {
    const wrong = failed - unread
    if (malformed > 0)
      complain(context, `WARNING: ${malformed} line${malformed === 1 ? ' is' : 's are'} improperly formatted`)
    if (unread > 0) complain(context, `WARNING: ${unread} listed file${unread === 1 ? '' : 's'} could not be read`)
    if (wrong > 0) complain(context, `WARNING: ${wrong} computed checksum${wrong === 1 ? '' : 's'} did NOT match`)
  }
  return failed > 0 || (malformed > 0 && given.has('R')) ? 1 : code
}

/** Replaces `$NAME` and `${NAME}` by variables of the environment. Source: gettext envsubst. */
export const envsubst: Tool = function* envsubst(context): Steps<number> {
  const given = options(context, 'v', { variables: 'v' })
  if (typeof given === 'number') return given
  const [format] = given.operands
  if (given.operands.length > 1) return complain(context, 'too many arguments')
  const pattern = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g
  const named = Array.from((format ?? '').matchAll(pattern), (match) => match[1] ?? match[2] ?? '')
  if (given.has('v')) {
    for (const name of named) context.out(`${name}\n`)
    return 0
  }
  const names = format === undefined ? undefined : new Set(named)
  const environment = context.shell.environment()
  const text = yield* context.stdin.all(context.held)
  context.out(
    text.replace(pattern, (whole, braced: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain ?? ''
      return names === undefined || names.has(name) ? (environment.get(name) ?? '') : whole
    }),
  )
  return 0
}
