import type { ByteText } from '../byte-text.ts'
import { unescaped } from '../engine/grammar/escapes.ts'

/** Formats of `hexdump -e`: `16/1 "%02x " "\n"`. Source: util-linux hexdump-parse.c, hexdump-display.c. */

interface Unit {
  readonly times: number
  readonly size: number
  readonly literal: string
  /** Undefined: the unit takes no bytes. */
  readonly conversion: { readonly width: number; readonly zero: boolean; readonly letter: string } | undefined
  readonly after: string
}

/** A text says what is wrong. */
export function parseFormat(formats: readonly ByteText[]): readonly Unit[] | string {
  const units: Unit[] = []
  for (const format of formats) {
    const pattern = /\s*(?:(\d+)(?:\/(\d+))?|\/(\d+))?\s*"((?:[^"\\]|\\.)*)"\s*/y
    while (pattern.lastIndex < format.length) {
      const match = pattern.exec(format)
      if (match === null) return `bad format {${format}}`
      const [, times, bytes, alone, text = ''] = match
      const shown = unescaped(text).text
      const found = /^((?:[^%]|%%)*)%(-?)(0?)(\d*)(?:\.(\d+))?(_?[a-zA-Z]{1,2})(.*)$/s.exec(shown)
      if (found === null) {
        units.push({ times: Number(times ?? 1), size: 0, literal: shown, conversion: undefined, after: '' })
        continue
      }
      const [, literal = '', , zero = '', width = '', precision, letter = '', after = ''] = found
      const size = Number(bytes ?? alone ?? (letter === 'c' || letter.startsWith('_') ? 1 : 4))
      if (!'dioxXuc'.includes(letter) && letter !== '_c' && letter !== '_p')
        return `bad conversion character %${letter}`
      units.push({
        times: Number(times ?? 1),
        size,
        literal,
        conversion: {
          width: Number(precision ?? (width || '0')),
          zero: zero !== '' || precision !== undefined,
          letter,
        },
        after,
      })
    }
  }
  return units
}

/** Bytes that all units together take; 0: they take none. */
export function blockSize(units: readonly Unit[]): number {
  return units.reduce((sum, { times, size }) => sum + times * size, 0)
}

/** The bytes of one block, or of what is left of one. */
export function blockText(units: readonly Unit[], part: ByteText): string {
  let text = ''
  let at = 0
  for (const unit of units) {
    for (let i = 0; i < unit.times; i++) {
      const own = part.slice(at, at + unit.size)
      const { conversion } = unit
      const shown = conversion === undefined ? '' : own === '' ? ' '.repeat(conversion.width) : converted(unit, own)
      // Source: util-linux text-utils/hexdump-display.c, bpad: what has no bytes is as wide as its format says.
      const after = i === unit.times - 1 && unit.times > 1 ? unit.after.trimEnd() : unit.after
      text += unit.literal + shown + after
      at += unit.size
    }
  }
  return text
}

function converted({ conversion }: Unit, own: ByteText): string {
  const { letter = 'x', width = 0, zero = false } = conversion ?? {}
  if (letter === 'c') return own.padStart(width)
  if (letter === '_p') return own.replace(/[^ -~]/g, '.').padStart(width)
  if (letter === '_c') return own.padStart(width)
  let value = 0n
  for (let k = own.length - 1; k >= 0; k--) value = (value << 8n) | BigInt(own.charCodeAt(k))
  const signed = letter === 'd' || letter === 'i' ? BigInt.asIntN(own.length * 8, value) : value
  const digits = signed.toString({ x: 16, X: 16, o: 8 }[letter] ?? 10)
  return (letter === 'X' ? digits.toUpperCase() : digits).padStart(width, zero ? '0' : ' ')
}
