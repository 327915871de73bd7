/** Patterns of file names, `case` and `${name#pattern}`. Source: POSIX XCU 2.13. */

/** A piece of a pattern; quoted text stands for itself. */
export interface PatternPiece {
  readonly text: string
  readonly quoted: boolean
}

/** A regular expression, without anchors, for a pattern. `slashes`: whether `*` and `?` match a slash. */
export function patternSource(pieces: readonly PatternPiece[], slashes: boolean): string {
  const any = slashes ? '[\\s\\S]' : '[^/]'
  const chars = pieces.flatMap(({ text, quoted }) => Array.from(text, (char) => ({ char, quoted })))
  let source = ''
  for (let i = 0; i < chars.length; i++) {
    const { char, quoted } = chars[i] ?? { char: '', quoted: true }
    if (quoted) source += literal(char)
    else if (char === '*') source += source.endsWith(`${any}*`) ? '' : `${any}*`
    else if (char === '?') source += any
    else if (char === '[') {
      const end = chars.findIndex(
        (one, at) => at > i + (chars[i + 1]?.char === '!' ? 2 : 1) && one.char === ']' && !one.quoted,
      )
      if (end < 0) source += '\\['
      else {
        source += bracket(
          chars
            .slice(i + 1, end)
            .map((one) => one.char)
            .join(''),
        )
        i = end
      }
    } else source += literal(char)
  }
  return source
}

/** Whether anything in it stands for more than itself. */
export function hasGlob(pieces: readonly PatternPiece[]): boolean {
  return pieces.some(({ text, quoted }) => !quoted && /[*?[]/.test(text))
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}

function bracket(inner: string): string {
  const negated = inner.startsWith('!') || inner.startsWith('^')
  const body = (negated ? inner.slice(1) : inner)
    .replace(/[\\\]^[]/g, '\\$&')
    .replace(/\\\[:([a-z]+):\\?\]?/g, (text, name: string) => classes[name] ?? text)
  try {
    const source = `[${negated ? '^' : ''}${body}]`
    new RegExp(source)
    return source
  } catch {
    return '(?!)'
  }
}

/** Whether all of a text matches. */
export function matchesPattern(text: string, pieces: readonly PatternPiece[]): boolean {
  return new RegExp(`^(?:${patternSource(pieces, true)})$`).test(text)
}
