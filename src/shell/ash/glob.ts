import type { FileView } from '../../fs/node-fs.ts'
import { compareBytes } from '../../fs/path.ts'

/** A pattern of `*`, `?` and `[...]`; a backslash makes the next character plain. */
type Element = { readonly kind: 'star' } | { readonly kind: 'one'; readonly test: (char: string) => boolean }

function compile(pattern: string): readonly Element[] {
  const elements: Element[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '*') elements.push({ kind: 'star' })
    else if (char === '?') elements.push({ kind: 'one', test: () => true })
    else if (char === '[') {
      const end = pattern.indexOf(
        ']',
        at + (/^\[[!^]?\]/.test(pattern.slice(at)) ? (pattern.charAt(at + 1) === ']' ? 2 : 3) : 1),
      )
      if (end === -1) elements.push({ kind: 'one', test: (each) => each === '[' })
      else {
        elements.push({ kind: 'one', test: classTest(pattern.slice(at + 1, end)) })
        at = end
      }
    } else {
      const plain = char === '\\' ? pattern.charAt(++at) : char
      elements.push({ kind: 'one', test: (each) => each === plain })
    }
  }
  return elements
}

const namedClasses: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
}

function classTest(inner: string): (char: string) => boolean {
  const negated = /^[!^]/.test(inner)
  const set = negated ? inner.slice(1) : inner
  return (char) => {
    let isIn = false
    const rest = set.replace(/\[:(\w+):\]/g, (_, name: string) => {
      if (Object.hasOwn(namedClasses, name) && namedClasses[name]?.test(char)) isIn = true
      return ''
    })
    for (let at = 0; at < rest.length; at++) {
      const low = rest.charAt(at)
      if (rest.charAt(at + 1) === '-' && at + 2 < rest.length) {
        if (char >= low && char <= rest.charAt(at + 2)) isIn = true
        at += 2
      } else if (char === low) isIn = true
    }
    return isIn !== negated
  }
}

/** Whether all of a text fits a pattern; takes at most pattern times text steps. */
export function matchesGlob(pattern: string, text: string): boolean {
  return fits(compile(pattern), text)
}

function fits(elements: readonly Element[], text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let mark = 0
  while (from < text.length) {
    const element = elements[at]
    if (element?.kind === 'star') {
      star = at++
      mark = from
    } else if (element?.kind === 'one' && element.test(text.charAt(from))) {
      at++
      from++
    } else if (star !== -1) {
      at = star + 1
      from = ++mark
    } else return false
  }
  while (elements[at]?.kind === 'star') at++
  return at === elements.length
}

/** Paths that a pattern finds, in order of bytes; empty: it finds none. Names with a dot in front must be asked for. */
export function expandPaths(files: FileView, cwd: string, pattern: string): readonly string[] {
  const isAbsolute = pattern.startsWith('/')
  let found: readonly string[] = [isAbsolute ? '/' : '']
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const next: string[] = []
    for (const base of found) {
      const at = base === '' ? cwd : isAbsolute ? base : `${cwd}/${base}`
      const prefix = base === '' || base === '/' ? base : `${base}/`
      if (!/[*?[\\]/.test(part)) {
        if (files.lstat(`${at}/${part}`).ok) next.push(prefix + part)
        continue
      }
      const names = files.readdir(at)
      if (!names.ok) continue
      const elements = compile(part)
      const all = part.startsWith('.') ? ['.', '..', ...names.value] : names.value
      for (const name of all)
        if ((!name.startsWith('.') || part.startsWith('.')) && fits(elements, name)) next.push(prefix + name)
    }
    found = next
  }
  return [...found].sort(compareBytes)
}
