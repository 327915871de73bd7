/** As much of PEM and DER as finding the public key of a certificate and of a private key needs. */
import { fromBase64 } from '../../bytes/bytes.ts'

/** One block between BEGIN and END, decoded. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Uint8Array
}

/** The blocks of a PEM text in order; what is no block is passed over. Source: Go encoding/pem. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  const pattern = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----[ \t]*(?=\r?\n|$)/g
  for (const [, type = '', body = ''] of text.matchAll(pattern)) {
    const content = body.replace(/^(?:[^\n:]+:[^\n]*\n)+\r?\n?/, '').replace(/[\s]/g, '')
    const bytes = fromBase64(content)
    if (bytes !== undefined) blocks.push({ type, bytes })
  }
  return blocks
}

/** One element of DER: its tag byte and what it holds. */
export interface DerNode {
  readonly tag: number
  readonly content: Uint8Array
}

/** Tag bytes. Source: ITU-T X.690. */
export const derTag = { integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, sequence: 0x30 } as const

/** The elements that lie side by side in `bytes`; undefined when they are malformed. */
export function derElements(bytes: Uint8Array): readonly DerNode[] | undefined {
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    let length = bytes[at + 1] ?? -1
    let start = at + 2
    if (length >= 0x80) {
      const count = length & 0x7f
      if (count === 0 || count > 4) return undefined
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? 0)
      start += count
    }
    if (length < 0 || start + length > bytes.length) return undefined
    nodes.push({ tag, content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return nodes
}

/** The elements inside a sequence that is all of `bytes`; undefined when it is none. */
export function derSequence(bytes: Uint8Array): readonly DerNode[] | undefined {
  const [outer, ...rest] = derElements(bytes) ?? []
  if (outer === undefined || rest.length > 0 || outer.tag !== derTag.sequence) return undefined
  return derElements(outer.content)
}

/** Two lower-case digits a byte. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The number that big-endian bytes stand for. */
export function bigInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`)
}
