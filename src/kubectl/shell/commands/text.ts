/** Filters: grep, wc, head, tail, sort, uniq, cut, tr, rev. Words are those of GNU. */
import { linesOf } from '../byte-text.ts'
import {
  type CommandContext,
  complain,
  curly,
  inputLines,
  inputs,
  options,
  type ShellCommand,
  usage,
} from './command.ts'
import { literalPattern, regularExpression } from './regular-expression.ts'

/** Exit code 0 when a line was found, 1 when none, 2 for an error. */
export const grep: ShellCommand = (context) => {
  const spec = options(expandCounts(context.args), 'EFGPivclLnoqswxhHrRA:B:C:e:m:', {
    'ignore-case': 'i',
    'invert-match': 'v',
    count: 'c',
    quiet: 'q',
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'line-number': 'n',
    'only-matching': 'o',
    'word-regexp': 'w',
    'line-regexp': 'x',
  })
  if (spec.error !== undefined) return grepUsage(context, spec.error)
  const { flags } = spec
  const extended = context.name === 'egrep' || flags.has('E') || flags.has('P')
  const [first, ...rest] = spec.operands
  const pattern = flags.get('e') ?? first
  if (pattern === undefined) return grepUsage(context, undefined)
  const paths = flags.has('e') ? spec.operands : rest
  const matcher = grepMatcher(pattern, flags, extended, context.name === 'fgrep')
  if (matcher === undefined) return complain(context, 'Invalid regular expression', 2)
  const { list, failed } = inputs(context, paths)
  let isFound = false
  for (const { path, content } of list) {
    const prefix =
      (paths.length > 1 && !flags.has('h')) || flags.has('H') ? `${path === '-' ? '(standard input)' : path}:` : ''
    if (grepInput(context, linesOf(content), matcher, flags, prefix, path)) isFound = true
  }
  return failed && !flags.has('q') ? 2 : isFound ? 0 : 1
}

function grepUsage(context: CommandContext, error: string | undefined): number {
  const told = error === undefined ? '' : `grep: ${error}\n`
  context.err(`${told}Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n`)
  return 2
}

/** `-3` means `-C 3`. */
function expandCounts(args: readonly string[]): string[] {
  return args.map((arg) => (/^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg))
}

function grepMatcher(
  pattern: string,
  flags: ReadonlyMap<string, string>,
  extended: boolean,
  isFixed: boolean,
): RegExp | undefined {
  const alternatives = pattern.split('\n').map((one) => {
    if (isFixed || flags.has('F')) return literalPattern(one)
    return regularExpression(one, extended, '')?.source
  })
  if (alternatives.some((one) => one === undefined)) return undefined
  const joined = alternatives.map((one) => (one === '(?:)' ? '' : one)).join('|')
  const bounded = flags.has('x') ? `^(?:${joined})$` : flags.has('w') ? `(?<!\\w)(?:${joined})(?!\\w)` : joined
  return new RegExp(bounded, flags.has('i') ? 'gi' : 'g')
}

function grepInput(
  context: CommandContext,
  lines: readonly string[],
  matcher: RegExp,
  flags: ReadonlyMap<string, string>,
  prefix: string,
  path: string,
): boolean {
  const isMatch = (line: string): boolean => {
    matcher.lastIndex = 0
    return matcher.test(line) !== flags.has('v')
  }
  const limit = Number(flags.get('m') ?? 'Infinity')
  const hits: number[] = []
  lines.forEach((line, i) => {
    if (hits.length < limit && isMatch(line)) hits.push(i)
  })
  if (flags.has('q')) return hits.length > 0
  if (flags.has('l') || flags.has('L')) {
    if (hits.length > 0 === flags.has('l')) context.out(`${path === '-' ? '(standard input)' : path}\n`)
    return hits.length > 0
  }
  if (flags.has('c')) {
    context.out(`${prefix}${hits.length}\n`)
    return hits.length > 0
  }
  if (flags.has('o') && !flags.has('v')) {
    matcher.lastIndex = 0
    for (const i of hits)
      for (const [found] of (lines[i] ?? '').matchAll(matcher))
        if (found !== '') context.out(`${prefix}${flags.has('n') ? `${i + 1}:` : ''}${found}\n`)
    return hits.length > 0
  }
  printWithContext(context, lines, hits, flags, prefix)
  return hits.length > 0
}

function printWithContext(
  context: CommandContext,
  lines: readonly string[],
  hits: readonly number[],
  flags: ReadonlyMap<string, string>,
  prefix: string,
): void {
  const after = Number(flags.get('A') ?? flags.get('C') ?? '0') || 0
  const before = Number(flags.get('B') ?? flags.get('C') ?? '0') || 0
  const wanted = new Set(hits)
  let last = -1
  for (const hit of hits) {
    const from = Math.max(hit - before, last + 1)
    if (after + before > 0 && last >= 0 && from > last + 1) context.out('--\n')
    for (let i = from; i <= Math.min(hit + after, lines.length - 1); i++) {
      if (i <= last) continue
      if (i > hit && wanted.has(i)) break
      const mark = wanted.has(i) ? ':' : '-'
      const head = prefix === '' ? '' : prefix.slice(0, -1) + mark
      context.out(`${head}${flags.has('n') ? `${i + 1}${mark}` : ''}${lines[i] ?? ''}\n`)
      last = i
    }
  }
}

/** Counts lines, words and bytes. */
export const wc: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'lwcmL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' })
  if (error !== undefined) return usage(context, error)
  const { list, failed } = inputs(context, operands)
  const wanted = flags.size === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'm', 'c'].filter((letter) => flags.has(letter))
  const rows = list.map(({ path, content }) => ({ path, counts: wanted.map((letter) => count(letter, content)) }))
  if (rows.length > 1)
    rows.push({ path: 'total', counts: wanted.map((_, i) => rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0)) })
  const isBare = wanted.length === 1 && rows.length === 1
  const digits = Math.max(...rows.flatMap(({ counts }) => counts).map((n) => String(n).length), 1)
  // A pipe has no size to reckon the width from, so GNU uses 7 there.
  const width = isBare ? 1 : operands.length === 0 && !context.stdinIsFile ? 7 : digits
  for (const { path, counts } of rows) {
    const shown = counts.map((n) => String(n).padStart(width)).join(' ')
    context.out(`${shown}${operands.length === 0 ? '' : ` ${path}`}\n`)
  }
  return failed ? 1 : 0
}

function count(letter: string, content: string): number {
  if (letter === 'l') return content.split('\n').length - 1
  if (letter === 'w') return content.split(/[ \t\n\r\f\v]+/).filter((word) => word !== '').length
  // A byte that continues a character does not count as one.
  return letter === 'm' ? content.replace(/[\x80-\xbf]/g, '').length : content.length
}

/** head and tail. */
export const ends: ShellCommand = (context) => {
  const isHead = context.name === 'head'
  const args = context.args.map((arg, i) => {
    const isValue = /^-[nc]$/.test(context.args[i - 1] ?? '')
    return !isValue && (/^-\d+$/.test(arg) || (/^\+\d+$/.test(arg) && !isHead)) ? `-n${arg.replace('-', '')}` : arg
  })
  const { flags, operands, error } = options(args, 'n:c:qvfF', { lines: 'n', bytes: 'c', quiet: 'q' })
  if (error !== undefined) return usage(context, error)
  const amount = flags.get('c') ?? flags.get('n') ?? '10'
  const match = /^([-+]?)(\d+)([kKMGb]?)$/.exec(amount)
  if (match === null)
    return complain(context, `invalid number of ${flags.has('c') ? 'bytes' : 'lines'}: ${curly(amount)}`)
  const [, sign = '', digits = '0', unit = ''] = match
  const n = Number(digits) * ({ b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? 1)
  if (isHead && operands.some((path) => context.state.path(path) === '/dev/zero')) {
    if (!flags.has('c') || n > 64 * 1024 * 1024)
      return complain(context, "error reading '/dev/zero': podsim reads it only with -c")
    context.out('\0'.repeat(n))
    return 0
  }
  const { list, failed } = inputs(context, operands)
  list.forEach(({ path, content }, i) => {
    if (list.length > 1 && !flags.has('q'))
      context.out(`${i > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`)
    const units = flags.has('c') ? undefined : (content.match(/[^\n]*\n|[^\n]+$/g) ?? [])
    const take = <T extends string | string[]>(whole: T): T => part(whole, n, sign, isHead) as T // a slice of the same kind
    context.out(units === undefined ? take(content) : take([...units]).join(''))
  })
  return failed ? 1 : 0
}

function part(whole: string | string[], n: number, sign: string, isHead: boolean): string | string[] {
  if (isHead) return sign === '-' ? whole.slice(0, Math.max(whole.length - n, 0)) : whole.slice(0, n)
  if (sign === '+') return whole.slice(Math.max(n - 1, 0))
  return n === 0 ? whole.slice(0, 0) : whole.slice(-n)
}

/** Sorts lines bytewise, or by number or key. */
export const sort: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'rnufhVbdk:t:o:s', {
    reverse: 'r',
    'numeric-sort': 'n',
    unique: 'u',
    key: 'k',
  })
  if (error !== undefined) return usage(context, error, 2)
  const { list, failed } = inputs(context, operands)
  const key = /^(\d+)(?:\.\d+)?[a-z]*(?:,(\d+))?/.exec(flags.get('k') ?? '')
  const isNumeric = flags.has('n') || flags.has('h') || /^\d+[nr]*n/.test(flags.get('k') ?? '')
  const keyOf = (line: string): string => {
    if (key === null) return line
    const separator = flags.get('t')
    const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator)
    return fields
      .slice(Number(key[1]) - 1, key[2] === undefined ? undefined : Number(key[2]))
      .join(separator ?? '')
      .trimStart()
  }
  const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  const folded = (text: string): string => (flags.has('f') ? text.toUpperCase() : text)
  const compare = (a: string, b: string): number => {
    const [x, y] = [keyOf(a), keyOf(b)]
    if (isNumeric) return (Number.parseFloat(x) || 0) - (Number.parseFloat(y) || 0)
    return compareText(folded(x), folded(y))
  }
  const sorted = inputLines(list).sort((a, b) => compare(a, b) || (flags.has('s') ? 0 : compareText(a, b)))
  if (flags.has('r')) sorted.reverse()
  const kept = flags.has('u') ? sorted.filter((line, i) => i === 0 || compare(line, sorted[i - 1] ?? '') !== 0) : sorted
  const text = kept.map((line) => `${line}\n`).join('')
  const target = flags.get('o')
  if (target === undefined) context.out(text)
  else context.state.write(target, text)
  return failed ? 2 : 0
}

/** Folds equal lines that follow each other. */
export const uniq: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'cdui', { count: 'c', repeated: 'd', unique: 'u' })
  if (error !== undefined) return usage(context, error)
  const { list, failed } = inputs(context, operands.slice(0, 1))
  const groups: { line: string; count: number }[] = []
  const folded = (line: string): string => (flags.has('i') ? line.toLowerCase() : line)
  for (const line of inputLines(list)) {
    const last = groups.at(-1)
    if (last !== undefined && folded(last.line) === folded(line)) last.count++
    else groups.push({ line, count: 1 })
  }
  for (const group of groups) {
    if ((flags.has('d') && group.count === 1) || (flags.has('u') && group.count > 1)) continue
    context.out(`${flags.has('c') ? `${String(group.count).padStart(7)} ` : ''}${group.line}\n`)
  }
  return failed ? 1 : 0
}

/** Fields or characters of each line. */
export const cut: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'd:f:c:b:s', {
    delimiter: 'd',
    fields: 'f',
    characters: 'c',
    bytes: 'b',
  })
  if (error !== undefined) return usage(context, error)
  const selection = flags.get('f') ?? flags.get('c') ?? flags.get('b')
  if (selection === undefined) return usage(context, 'you must specify a list of bytes, characters, or fields')
  const ranges = selection.split(',').map((range) => /^(\d*)(-?)(\d*)$/.exec(range))
  if (ranges.some((range) => range === null || range[0] === '' || range[0] === '-')) {
    return usage(context, `invalid ${flags.has('f') ? 'field value' : 'byte or character position'} '${selection}'`)
  }
  const isWanted = (n: number): boolean =>
    ranges.some((range) => {
      const [, from = '', dash = '', to = ''] = range ?? []
      return n >= Number(from || '1') && (dash === '' ? n <= Number(from) : to === '' || n <= Number(to))
    })
  const delimiter = flags.get('d') ?? '\t'
  const { list, failed } = inputs(context, operands)
  for (const line of inputLines(list)) {
    if (!flags.has('f'))
      context.out(
        `${Array.from(line)
          .filter((_, i) => isWanted(i + 1))
          .join('')}\n`,
      )
    else if (line.includes(delimiter))
      context.out(
        `${line
          .split(delimiter)
          .filter((_, i) => isWanted(i + 1))
          .join(delimiter)}\n`,
      )
    else if (!flags.has('s')) context.out(`${line}\n`)
  }
  return failed ? 1 : 0
}

const trClasses: Readonly<Record<string, string>> = {
  '[:lower:]': 'abcdefghijklmnopqrstuvwxyz',
  '[:upper:]': 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  '[:digit:]': '0123456789',
  '[:space:]': ' \t\n\r\f\v',
  '[:blank:]': ' \t',
  '[:alpha:]': 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  '[:alnum:]': '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  '[:punct:]': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

function trSet(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    '\\': '\\',
    a: '\x07',
    b: '\b',
    f: '\f',
    v: '\v',
  }
  const plain = text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8) & 255) : (escapes[code] ?? code),
  )
  const withClasses = plain.replace(/\[:[a-z]+:\]/g, (name) => trClasses[name] ?? name)
  return withClasses.replace(/([\s\S])-([\s\S])/g, (range, from: string, to: string) => {
    const length = to.charCodeAt(0) - from.charCodeAt(0) + 1
    return length > 0 ? Array.from({ length }, (_, i) => String.fromCharCode(from.charCodeAt(0) + i)).join('') : range
  })
}

/** Translates, deletes or squeezes single bytes. */
export const tr: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'dscCt', {
    delete: 'd',
    'squeeze-repeats': 's',
    complement: 'c',
  })
  if (error !== undefined) return usage(context, error)
  const [first, second] = operands
  if (first === undefined) return usage(context, 'missing operand')
  if (second === undefined && !flags.has('d') && !flags.has('s'))
    return usage(context, `missing operand after ${curly(first)}`)
  const inFirst = new Set(trSet(first))
  const isComplement = flags.has('c') || flags.has('C')
  const isSelected = (char: string): boolean => inFirst.has(char) !== isComplement
  const from = [...inFirst]
  const to = second === undefined ? '' : trSet(second)
  const last = to.charAt(to.length - 1)
  const mapping = new Map(Array.from(trSet(first), (char, i) => [char, to.charAt(i) || last]))
  const mapped = (char: string): string => (isComplement ? last : (mapping.get(char) ?? char))
  const squeezed = flags.has('s') ? new Set(second === undefined ? from : to) : undefined
  const parts: string[] = []
  let previous = ''
  const text = context.readStdin()
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (flags.has('d') && isSelected(char)) continue
    const shown = !flags.has('d') && second !== undefined && isSelected(char) ? mapped(char) : char
    if (squeezed?.has(shown) && shown === previous) continue
    parts.push(shown)
    previous = shown
  }
  context.out(parts.join(''))
  return 0
}

/** Each line backwards. */
export const rev: ShellCommand = (context) => {
  const { list, failed } = inputs(context, context.args)
  for (const line of inputLines(list)) context.out(`${Array.from(line).reverse().join('')}\n`)
  return failed ? 1 : 0
}
