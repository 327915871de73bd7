import type { ByteText } from '../byte-text.ts'

/** The blocks of tar archives. Source: POSIX pax(1), ustar Interchange Format; GNU tar, Basic Tar Format, `L` for long names. */

/** What an archive holds of one file. All text is byte text. */
export interface Member {
  readonly name: ByteText
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeSeconds: number
  readonly link: ByteText
  readonly content: ByteText
}

const blockBytes = 512
const types: Readonly<Record<string, Member['type']>> = { '0': 'file', '\0': 'file', '5': 'directory', '2': 'symlink' }
const letters: Readonly<Record<Member['type'], string>> = { file: '0', directory: '5', symlink: '2', other: '0' }

/** The members of an archive; a text says what is wrong with it. */
export function readArchive(bytes: ByteText): readonly Member[] | string {
  const members: Member[] = []
  let longName: ByteText | undefined
  for (let at = 0; at + blockBytes <= bytes.length; ) {
    const head = bytes.slice(at, at + blockBytes)
    if (/^\0*$/.test(head)) break
    if (checksum(head) !== octal(head, 148, 8)) return 'invalid tar header'
    const size = octal(head, 124, 12)
    at += blockBytes
    const content = bytes.slice(at, at + size)
    if (content.length < size) return 'short read'
    at += Math.ceil(size / blockBytes) * blockBytes
    const letter = head.charAt(156)
    if (letter === 'L') longName = content.replace(/\0.*$/s, '')
    else if (letter === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content)?.[1] ?? longName
    else if (letter !== 'g') {
      const prefix = head.startsWith('ustar', 257) ? field(head, 345, 155) : ''
      const name = longName ?? `${prefix === '' ? '' : `${prefix}/`}${field(head, 0, 100)}`
      longName = undefined
      members.push({
        name,
        type: types[letter] ?? 'other',
        mode: octal(head, 100, 8) & 0o7777,
        uid: octal(head, 108, 8),
        gid: octal(head, 116, 8),
        mtimeSeconds: octal(head, 136, 12),
        link: field(head, 157, 100),
        content,
      })
    }
  }
  return members
}

/** A member as blocks. */
export function writeMember(member: Member): ByteText {
  const { name, content } = member
  const long = name.length <= 100 ? '' : withHead({ ...member, name: '././@LongLink', content: `${name}\0` }, 'L')
  return long + withHead({ ...member, name: name.slice(0, 100), content }, letters[member.type])
}

/** What an archive ends with. */
export const archiveEnd: ByteText = '\0'.repeat(2 * blockBytes)

function withHead({ name, mode, uid, gid, mtimeSeconds, link, content }: Member, letter: string): ByteText {
  const digits = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`
  const text = (value: ByteText, width: number) => value.slice(0, width).padEnd(width, '\0')
  const head =
    text(name, 100) +
    digits(mode, 8) +
    digits(uid, 8) +
    digits(gid, 8) +
    digits(content.length, 12) +
    digits(mtimeSeconds, 12) +
    ' '.repeat(8) +
    letter +
    text(link, 100) +
    'ustar  \0'
  const whole = head.padEnd(blockBytes, '\0')
  const sum = `${checksum(whole).toString(8).padStart(6, '0')}\0 `
  const padding = '\0'.repeat((blockBytes - (content.length % blockBytes)) % blockBytes)
  return whole.slice(0, 148) + sum + whole.slice(156) + content + padding
}

/** The sum of all bytes, with the sum's own place as spaces. */
function checksum(head: ByteText): number {
  let sum = 0
  for (let i = 0; i < blockBytes; i++) sum += i >= 148 && i < 156 ? 32 : head.charCodeAt(i)
  return sum
}

function field(head: ByteText, at: number, width: number): ByteText {
  return head.slice(at, at + width).replace(/\0.*$/s, '')
}

function octal(head: ByteText, at: number, width: number): number {
  const text = field(head, at, width).trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : 0
}
