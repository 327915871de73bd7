/** A pattern of grep or sed as a JavaScript one; undefined: it is none. Basic patterns write `\(`, `\|`, `\+`; extended ones not. */
export function toRegExp(
  pattern: string,
  options: { readonly extended: boolean; readonly flags?: string },
): RegExp | undefined {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '[') {
      const end = bracketEnd(pattern, at)
      if (end === -1) return undefined
      source += bracket(pattern.slice(at + 1, end))
      at = end
    } else if (char === '\\') {
      const next = pattern.charAt(++at)
      if (next === '') return undefined
      if (!options.extended && '(){}|+?'.includes(next)) source += next
      else if (next === '<' || next === '>') source += '\\b'
      else source += /[1-9bBwWsS]/.test(next) ? `\\${next}` : next.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
    } else if (!options.extended && '(){}|+?'.includes(char)) source += `\\${char}`
    else if (!options.extended && char === '*' && (source === '' || source === '^')) source += '\\*'
    else if (!options.extended && char === '^' && source !== '' && !source.endsWith('(') && !source.endsWith('|'))
      source += '\\^'
    else if (!options.extended && char === '$' && at < pattern.length - 1 && !/^\\[)|]/.test(pattern.slice(at + 1)))
      source += '\\$'
    else source += char === '/' ? '\\/' : char
  }
  try {
    return new RegExp(source, options.flags ?? '')
  } catch {
    // The host's own check of a pattern is the only one there is: it throws.
    return undefined
  }
}

function bracketEnd(pattern: string, start: number): number {
  let at = start + 1
  if (pattern.charAt(at) === '^') at++
  if (pattern.charAt(at) === ']') at++
  for (; at < pattern.length; at++) {
    if (pattern.startsWith('[:', at)) at = Math.max(at, pattern.indexOf(':]', at) + 1)
    else if (pattern.charAt(at) === ']') return at
  }
  return -1
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}

function bracket(inner: string): string {
  const negated = inner.startsWith('^')
  const set = (negated ? inner.slice(1) : inner)
    .replace(/\\/g, '\\\\')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => (Object.hasOwn(classes, name) ? (classes[name] ?? whole) : whole))
    .replace(/^\]/, '\\]')
  return `[${negated ? '^' : ''}${set.replace(/\[(?!:)/g, '\\[')}]`
}
