/** POSIX regular expressions as JavaScript's. Source: POSIX XBD 9. */

/** A basic (BRE) or extended (ERE) expression as a pattern for `RegExp`; undefined when it is malformed. */
export function regularExpression(text: string, extended: boolean, flags: string): RegExp | undefined {
  try {
    return new RegExp(extended ? fromExtended(text) : fromBasic(text), flags)
  } catch {
    return undefined
  }
}

/** The text itself as a pattern. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  cntrl: '\\0-\\x1f',
}

/** Takes a bracket expression that begins at `start`; its end and its form in JavaScript. */
function bracket(text: string, start: number): { readonly source: string; readonly end: number } | undefined {
  let i = start + 1
  let source = '['
  if (text.charAt(i) === '^') {
    source += '^'
    i++
  }
  for (let isFirst = true; i < text.length; isFirst = false) {
    const char = text.charAt(i)
    if (char === ']' && !isFirst) return { source: `${source}]`, end: i + 1 }
    const named = /^\[:([a-z]+):\]/.exec(text.slice(i, i + 12))
    if (named !== null) {
      source += classes[named[1] ?? ''] ?? ''
      i += named[0].length
    } else {
      source += '\\][^'.includes(char) ? `\\${char}` : char
      i++
    }
  }
  return undefined
}

function fromExtended(text: string): string {
  let source = ''
  for (let i = 0; i < text.length; ) {
    const char = text.charAt(i)
    if (char === '[') {
      const found = bracket(text, i)
      if (found === undefined) throw new SyntaxError('unmatched [')
      source += found.source
      i = found.end
    } else if (char === '\\') {
      source += escapedAtom(text.charAt(i + 1))
      i += 2
    } else {
      source += char === '/' ? '\\/' : char === '{' && !/^\{\d*,?\d*\}/.test(text.slice(i, i + 20)) ? '\\{' : char
      i++
    }
  }
  return source
}

/** What a backslash and a letter mean in both kinds, GNU's additions among them. */
function escapedAtom(char: string): string {
  if (char === '') throw new SyntaxError('trailing backslash')
  if (char === '<' || char === '>') return '\\b'
  if (char === '`') return '^'
  if (/[wWsSbB1-9]/.test(char)) return `\\${char}`
  if (char === 'n') return '\\n'
  if (char === 't') return '\\t'
  return literalPattern(char)
}

function fromBasic(text: string): string {
  let source = ''
  for (let i = 0; i < text.length; ) {
    const char = text.charAt(i)
    const isStart = source === '' || source.endsWith('(') || source.endsWith('|') || source === '^'
    if (char === '[') {
      const found = bracket(text, i)
      if (found === undefined) throw new SyntaxError('unmatched [')
      source += found.source
      i = found.end
    } else if (char === '\\') {
      const next = text.charAt(i + 1)
      source += /[(){}|+?]/.test(next) ? next : escapedAtom(next)
      i += 2
    } else {
      const isAnchor =
        (char === '^' && isStart) ||
        (char === '$' && (i === text.length - 1 || /^\\[)|]/.test(text.slice(i + 1, i + 3))))
      if (char === '*') source += isStart ? '\\*' : '*'
      else if (char === '.') source += '.'
      else if (isAnchor) source += char
      else source += literalPattern(char)
      i++
    }
  }
  return source
}
