/** sum and cksum. Sources: GNU coreutils sum.c, cksum.c; busybox coreutils/sum.c, cksum.c; POSIX XCU cksum. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { cannotOpen, options, readAll, say, type ToolContext } from './tool.ts'

/** Of each file, or of standard input, what `text` makes of its content and name. */
function* eachSum(
  context: ToolContext,
  paths: readonly ByteText[],
  text: (content: ByteText, path: ByteText | undefined) => ByteText,
): Steps<number> {
  let code = 0
  for (const path of paths.length === 0 ? [undefined] : paths) {
    const content = yield* readAll(context, path ?? '-')
    if (typeof content !== 'string') code = cannotOpen(context, path ?? '-', content.code)
    else context.out(`${text(content, path)}\n`)
  }
  return code
}

/** BSD's or System V's checksum, with the number of blocks. */
export function* sum(context: ToolContext): Steps<number> {
  const given = options(context, 'rs', { sysv: 's' })
  if (typeof given === 'number') return given
  const isSysv = given.has('s')
  return yield* eachSum(context, given.operands, (content, path) => {
    // busybox names a single file only with -s.
    const isNamed = path !== undefined && (context.voice === 'gnu' || isSysv || given.operands.length > 1)
    const numbers = isSysv
      ? `${sysvSum(content)} ${Math.ceil(content.length / 512)}`
      : `${String(bsdSum(content)).padStart(5, '0')} ${String(Math.ceil(content.length / 1024)).padStart(5)}`
    return isNamed ? `${numbers} ${path}` : `${numbers}${say(context, '', isSysv ? '' : ' ')}`
  })
}

function bsdSum(content: ByteText): number {
  let value = 0
  for (let i = 0; i < content.length; i++) value = ((value >> 1) + ((value & 1) << 15) + content.charCodeAt(i)) & 0xffff
  return value
}

function sysvSum(content: ByteText): number {
  let value = 0
  for (let i = 0; i < content.length; i++) value = (value + content.charCodeAt(i)) >>> 0
  const folded = (value & 0xffff) + (value >>> 16)
  return (folded & 0xffff) + (folded >>> 16)
}

/** POSIX's checksum, with the number of bytes. */
export function* cksum(context: ToolContext): Steps<number> {
  const given = options(context, '', {})
  if (typeof given === 'number') return given
  return yield* eachSum(
    context,
    given.operands,
    (content, path) => `${posixCrc(content)} ${content.length}${path === undefined ? '' : ` ${path}`}`,
  )
}

const polynomial = 0x04c11db7

/** The content, then its length, lowest byte first. */
function posixCrc(content: ByteText): number {
  let crc = 0
  const add = (byte: number): void => {
    crc ^= byte << 24
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80000000) === 0 ? crc << 1 : (crc << 1) ^ polynomial
  }
  for (let i = 0; i < content.length; i++) add(content.charCodeAt(i))
  for (let length = content.length; length > 0; length = Math.floor(length / 256)) add(length % 256)
  return ~crc >>> 0
}
