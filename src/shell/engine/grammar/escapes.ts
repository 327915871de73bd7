/** Backslash escapes: of `$'...'`, echo -e, printf, tr. All text is byte text. */

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** What an escape stands for, and how many characters it takes, its backslash included. */
export interface Escape {
  readonly text: string
  readonly length: number
}

/** The escape at `at` of `$'...'`. Source: bash(1), QUOTING. */
export function ansiEscape(text: string, at: number, knowsUnicode = true): Escape {
  if (!knowsUnicode && 'uU'.includes(text.charAt(at + 1) || '.')) return { text: '\\', length: 1 }
  const letter = text.charAt(at + 1)
  if (letter === "'" || letter === '"' || letter === '?') return { text: letter, length: 2 }
  return numbered(text, at, /^[0-7]{1,3}/) ?? { text: `\\${letter}`, length: 2 }
}

/** The escape at `at` of a printf format. */
export function formatEscape(text: string, at: number, knowsUnicode = true): Escape {
  if (!knowsUnicode && 'uU'.includes(text.charAt(at + 1) || '.')) return { text: '\\', length: 1 }
  const letter = text.charAt(at + 1)
  if (letter === '"') return { text: '"', length: 2 }
  return numbered(text, at, /^[0-7]{1,3}/) ?? { text: '\\', length: 1 }
}

/** The text with all escapes of `echo -e` or printf's %b replaced; `\c` ends it. */
export function unescaped(text: string, isBusybox = false): { readonly text: string; readonly stops: boolean } {
  if (!text.includes('\\')) return { text, stops: false }
  let result = ''
  for (let i = 0; i < text.length; ) {
    const char = text.charAt(i)
    if (char !== '\\') {
      result += char
      i++
      continue
    }
    if (text.charAt(i + 1) === 'c') return { text: result, stops: true }
    // busybox knows no Unicode here, and numbers without a zero before them. Source: libbb/process_escape_sequence.c.
    const isUnicode = isBusybox && /[uU]/.test(text.charAt(i + 1))
    const octal = isBusybox ? /^(?:0[0-7]{0,3}|[1-7][0-7]{0,2})/ : /^0[0-7]{0,3}/
    const found = (isUnicode ? undefined : numbered(text, i, octal)) ?? { text: '\\', length: 1 }
    result += found.text
    i += found.length
  }
  return { text: result, stops: false }
}

/** Undefined where nothing that is known follows the backslash. */
function numbered(text: string, at: number, octal: RegExp): Escape | undefined {
  const rest = text.slice(at + 1, at + 11)
  const digits = octal.exec(rest)?.[0]
  if (digits !== undefined)
    return { text: String.fromCharCode(Number.parseInt(digits, 8) & 255), length: 1 + digits.length }
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)
  if (hex !== null) return { text: String.fromCharCode(Number.parseInt(hex[1] ?? '0', 16)), length: 1 + hex[0].length }
  const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
  if (unicode !== null)
    return { text: utf8(Number.parseInt(unicode[1] ?? unicode[2] ?? '0', 16)), length: 1 + unicode[0].length }
  const letter = rest.charAt(0)
  const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined
  return simple === undefined ? undefined : { text: simple, length: 2 }
}

function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code)
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63))
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  const last = [0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  return String.fromCharCode(0xf0 | ((code >> 18) & 7), ...last)
}
