/** grep, egrep, fgrep. Sources: GNU grep; busybox findutils/grep.c. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import { Input } from '../engine/streams.ts'
import { compileAny, type Regex } from './regular-expression.ts'
import {
  complain,
  hasRoom,
  type Options,
  open,
  options,
  readAll,
  say,
  type Tool,
  type ToolContext,
  usage,
} from './tool.ts'

const longs = {
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  quiet: 'q',
  silent: 'q',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'perl-regexp': 'P',
  'basic-regexp': 'G',
  'line-number': 'n',
  'only-matching': 'o',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  'with-filename': 'H',
  'no-filename': 'h',
  'no-messages': 's',
  recursive: 'r',
  regexp: 'e',
  file: 'f',
  'max-count': 'm',
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  text: 'a',
  color: 'K',
  colour: 'K',
}

/** Exit code 0 when a line was found, 1 when none, 2 for an error. */
export const grep: Tool = function* grep(context): Steps<number> {
  const args = context.args.map((arg) => (/^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg))
  const given = options(
    context,
    say(context, 'EFGPivclLnoqswxhHrRazA:B:C:e:f:m:K::', 'EFivclLnoqswxhHrRaA:B:C:e:f:m:K::'),
    longs,
    { args, badCode: 2 },
  )
  if (typeof given === 'number') {
    if (context.voice === 'gnu') context.err('')
    return given
  }
  const operands = [...given.operands]
  const patterns = given.all('e').flatMap((each) => each.split('\n'))
  for (const path of given.all('f')) {
    const text = yield* readAll(context, path)
    if (typeof text !== 'string')
      return complain(
        context,
        say(context, `${path}: ${errorText(text.code)}`, `can't open '${path}': ${errorText(text.code)}`),
        2,
      )
    patterns.push(...text.replace(/\n$/, '').split('\n'))
  }
  if (!given.has('e') && !given.has('f')) {
    const first = operands.shift()
    if (first === undefined) {
      if (context.voice === 'gnu')
        context.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
      else usage(context, 'missing pattern')
      return 2
    }
    patterns.push(...first.split('\n'))
  }
  const regex = compileAny(patterns, {
    extended: given.has('E') || given.has('P') || context.name === 'egrep',
    fixed: given.has('F') || context.name === 'fgrep',
    ignoreCase: given.has('i'),
    ...(given.has('x') ? { whole: 'line' as const } : given.has('w') ? { whole: 'word' as const } : {}),
  })
  if (typeof regex === 'string')
    return complain(context, say(context, regex, `bad regex '${patterns[0] ?? ''}': ${regex}`), 2)
  return yield* grepFiles(context, given, operands, regex)
}

function* grepFiles(context: ToolContext, given: Options, operands: readonly ByteText[], regex: Regex): Steps<number> {
  const isRecursive = given.has('r') || given.has('R')
  const paths = operands.length === 0 ? [isRecursive ? '.' : '-'] : operands
  const files = isRecursive ? paths.flatMap((path) => filesBelow(context, path)) : paths
  const hasNames = given.has('H') || ((files.length > 1 || isRecursive) && !given.has('h'))
  let isFound = false
  let failed = false
  for (const path of files) {
    const input = open(context, path)
    if (!(input instanceof Input)) {
      // A directory opens, and reads as empty. Source: busybox findutils/grep.c, grep_file.
      if (input === 'EISDIR' && context.voice === 'busybox') continue
      if (!given.has('s')) complain(context, `${path}: ${errorText(input)}`)
      failed = true
      continue
    }
    const shown = path === '-' ? '(standard input)' : path
    if (yield* new FileSearch(context, given, regex, shown, hasNames).run(input)) isFound = true
    if (isFound && given.has('q')) return 0
  }
  return failed ? 2 : isFound ? 0 : 1
}

function filesBelow(context: ToolContext, path: ByteText): ByteText[] {
  const at = context.shell.path(path)
  const stat = context.files.stat(at)
  if (!stat.ok || stat.value.type !== 'directory') return [path]
  const names = context.files.readdir(at)
  if (!names.ok) return [path]
  return names.value.flatMap((name) => {
    const below = `${path === '/' ? '' : path}/${toByteText(name)}`
    const link = context.files.lstat(context.shell.path(below))
    // Links below the start are followed by -R alone.
    if (link.ok && link.value.type === 'symlink' && !context.args.some((arg) => /^-\w*R/.test(arg))) return []
    return filesBelow(
      context,
      path === '.' && context.args.length > 0 && context.voice === 'gnu' ? below.replace(/^\.\//, './') : below,
    )
  })
}

class FileSearch {
  readonly #context: ToolContext
  readonly #given: Options
  readonly #regex: Regex
  readonly #path: ByteText
  readonly #hasName: boolean
  readonly #after: number
  readonly #before: number
  /** Lines before a match that are shown with it. */
  #kept: { readonly number: number; readonly line: ByteText }[] = []
  #lastShown = 0

  constructor(context: ToolContext, given: Options, regex: Regex, path: ByteText, hasName: boolean) {
    this.#context = context
    this.#given = given
    this.#regex = regex
    this.#path = path
    this.#hasName = hasName
    const count = (letter: string): number => Number(given.value(letter) ?? given.value('C') ?? '0') || 0
    this.#after = count('A')
    this.#before = count('B')
  }

  *run(input: Input): Steps<boolean> {
    const given = this.#given
    const limit = Number(given.value('m') ?? 'Infinity')
    const isSilent = ['q', 'c', 'l', 'L'].some((letter) => given.has(letter))
    let found = 0
    let number = 0
    let trailing = 0
    for (
      let text = yield* input.line(this.#context.held);
      text !== undefined;
      text = yield* input.line(this.#context.held)
    ) {
      const line = text.endsWith('\n') ? text.slice(0, -1) : text
      number++
      if (number % 64 === 0 && !(yield* hasRoom(this.#context))) break
      if (found < limit && this.#regex.test(fromByteText(line)) !== given.has('v')) {
        found++
        trailing = this.#after
        if (!isSilent) this.#show(line, number)
        if (given.has('q') || given.has('l') || given.has('L')) break
      } else if (trailing-- > 0 && !isSilent) this.#print(line, number, '-')
      else if (found >= limit) break
      else {
        this.#kept.push({ number, line })
        if (this.#kept.length > this.#before) this.#kept.shift()
      }
      if (found >= limit && trailing <= 0) break
    }
    if (given.has('c')) this.#context.out(`${this.#hasName ? `${this.#path}:` : ''}${found}\n`)
    if ((given.has('l') && found > 0) || (given.has('L') && found === 0)) this.#context.out(`${this.#path}\n`)
    return found > 0
  }

  #show(line: ByteText, number: number): void {
    if (this.#given.has('o')) {
      if (!this.#given.has('v')) this.#showParts(line, number)
      return
    }
    const first = this.#kept[0]?.number ?? number
    if (this.#after + this.#before > 0 && this.#lastShown > 0 && first > this.#lastShown + 1) this.#context.out('--\n')
    for (const each of this.#kept) this.#print(each.line, each.number, '-')
    this.#kept = []
    this.#print(line, number, ':')
  }

  #print(line: ByteText, number: number, mark: string): void {
    this.#lastShown = number
    this.#context.out(`${this.#head(number, mark)}${line}\n`)
  }

  #head(number: number, mark: string): string {
    return `${this.#hasName ? this.#path + mark : ''}${this.#given.has('n') ? number + mark : ''}`
  }

  #showParts(line: ByteText, number: number): void {
    const text = fromByteText(line)
    for (let at = 0; at <= text.length; ) {
      const match = this.#regex.find(text, at)
      if (match === undefined) return
      if (match.end > match.start)
        this.#context.out(`${this.#head(number, ':')}${toByteText(text.slice(match.start, match.end))}\n`)
      at = match.end > match.start ? match.end : match.end + 1
    }
  }
}
