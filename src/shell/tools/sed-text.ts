/** What sed's s, y and l make of a text. Source: GNU sed/execute.c. */
import type { ByteText } from '../byte-text.ts'
import type { RegexMatch } from './regex-syntax.ts'
import type { Regex } from './regular-expression.ts'
import type { SedCommand } from './sed-script.ts'

/** A character as `y` has it. */
export function translated(char: string, { text, replacement }: SedCommand): string {
  const at = Array.from(text).indexOf(char)
  return at < 0 ? char : (Array.from(replacement)[at] ?? char)
}

/** Undefined when nothing matched. */
export function replaced(
  text: string,
  regex: Regex,
  { replacement, flags }: SedCommand,
  isBusybox: boolean,
): string | undefined {
  // In busybox the last of a number and `g` counts. Source: busybox editors/sed.c, parse_subst_cmd.
  const counting = isBusybox ? (/(?:\d+|g)(?=[^\dg]*$)/.exec(flags)?.[0] ?? '') : flags
  const wanted = Number(/\d+/.exec(counting)?.[0] ?? '1')
  const all = counting.includes('g')
  let result = ''
  let copied = 0
  let number = 0
  let lastEnd = -1
  for (let from = 0; from <= text.length; ) {
    const match = regex.find(text, from)
    if (match === undefined) break
    const isEmpty = match.end === match.start
    from = isEmpty ? match.end + 1 : match.end
    // An empty match right behind another match does not count.
    if (isEmpty && match.start === lastEnd) continue
    lastEnd = match.end
    if (++number < wanted) continue
    result += text.slice(copied, match.start) + filled(replacement, text, match, isBusybox)
    copied = match.end
    if (!all) break
  }
  return number >= wanted ? result + text.slice(copied) : undefined
}

/** The replacement with `&`, `\1` and, but in busybox, GNU's `\U`, `\L`, `\u`, `\l`, `\E`. */
function filled(replacement: string, text: string, match: RegexMatch, isBusybox: boolean): string {
  let result = ''
  let change: 'U' | 'L' | undefined
  let next: 'u' | 'l' | undefined
  const add = (part: string): void => {
    const cased = change === 'U' ? part.toUpperCase() : change === 'L' ? part.toLowerCase() : part
    const first =
      next === 'u' ? cased.charAt(0).toUpperCase() : next === 'l' ? cased.charAt(0).toLowerCase() : cased.charAt(0)
    if (cased !== '') next = undefined
    result += first + cased.slice(1)
  }
  for (let i = 0; i < replacement.length; i++) {
    const char = replacement.charAt(i)
    if (char === '&') add(text.slice(match.start, match.end))
    else if (char !== '\\') add(char)
    else {
      const letter = replacement.charAt(++i)
      if (letter === '0') add(text.slice(match.start, match.end))
      else if (/[1-9]/.test(letter)) add(match.groups[Number(letter) - 1] ?? '')
      else if (isBusybox && /[ULulE]/.test(letter)) add(letter)
      else if (letter === 'U' || letter === 'L') change = letter
      else if (letter === 'u' || letter === 'l') next = letter
      else if (letter === 'E') change = undefined
      else add({ n: '\n', t: '\t', r: '\r' }[letter] ?? letter)
    }
  }
  return result
}

/** Bytes as `l` shows them. */
export function unambiguous(text: ByteText): ByteText {
  return text
    .replaceAll('\\', '\\\\')
    .replace(
      /[\0-\x1f\x7f-\xff]/g,
      (char) =>
        ({ '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f', '\v': '\\v', '\x07': '\\a' })[char] ??
        `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
    )
}
