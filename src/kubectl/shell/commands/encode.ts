/** base64, sha256sum, md5sum. Words are those of GNU coreutils. */
import { encodeBase64 } from '../../../bytes/bytes.ts'
import { md5Hex } from '../../../bytes/md5.ts'
import { sha256Hex } from '../../../bytes/sha256.ts'
import { bytesToByteText, byteTextToBytes } from '../byte-text.ts'
import { complain, curly, inputs, options, type ShellCommand, usage } from './command.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Characters on a line unless `-w` says otherwise. */
const defaultWidth = 76

/** Encodes in lines of 76 characters, or decodes with -d. */
export const base64Command: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'dDiw:', { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' })
  if (error !== undefined) return usage(context, error)
  if (operands.length > 1) return usage(context, `extra operand ${curly(operands[1] ?? '')}`)
  const { list, failed } = inputs(context, operands)
  const content = list.map((input) => input.content).join('')
  if (failed) return 1
  if (flags.has('d') || flags.has('D')) {
    const clean = content.replace(flags.has('i') ? /[^A-Za-z0-9+/=]/g : /\n/g, '')
    const { text, isValid } = decoded(clean)
    context.out(text)
    return isValid ? 0 : complain(context, 'invalid input')
  }
  const width = flags.get('w') ?? String(defaultWidth)
  if (!/^\d+$/.test(width)) return complain(context, `invalid wrap size: ${curly(width)}`)
  const encoded = encodeBase64(byteTextToBytes(content))
  const columns = Number(width)
  if (columns === 0) context.out(encoded)
  else for (let i = 0; i < encoded.length; i += columns) context.out(`${encoded.slice(i, i + columns)}\n`)
  return 0
}

const values = new Map(Array.from(alphabet, (char, i) => [char.charCodeAt(0), i]))

/** What can be decoded of a text, up to its first mistake. */
function decoded(text: string): { readonly text: string; readonly isValid: boolean } {
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

/** sha256sum and md5sum. */
export const checksum: ShellCommand = (context) => {
  const { operands, error } = options(context.args, 'bt', { binary: 'b', text: 't' })
  if (error !== undefined) return usage(context, error)
  const digest = context.name === 'md5sum' ? md5Hex : sha256Hex
  const { list, failed } = inputs(context, operands)
  for (const { path, content } of list) context.out(`${digest(byteTextToBytes(content))}  ${path}\n`)
  return failed ? 1 : 0
}
