/** find: names in the order in which the kernel lists them. Sources: GNU findutils; busybox findutils/find.c. */
import { errorText } from '../../fs/error-text.ts'
import type { FileStat } from '../../fs/node-fs.ts'
import { basename } from '../../fs/path.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../byte-text.ts'
import { matches, patternOf } from '../engine/words/pattern.ts'
import { idIn } from './change-files.ts'
import { groupName, userName } from './format.ts'
import { compileRegex } from './regular-expression.ts'
import { complain, hasRoom, notSimulated, quoted, say, type Tool, type ToolContext } from './tool.ts'

interface Found {
  readonly path: ByteText
  readonly stat: FileStat
  readonly depth: number
}

/** A test or an action; an action's result is whether it went well. */
type Predicate = (found: Found) => Steps<boolean>

interface Search {
  readonly predicate: Predicate
  readonly minDepth: number
  readonly maxDepth: number
  readonly follows: boolean
  readonly depthFirst: boolean
  /** Commands of `-exec ... +`, with what they have gathered. */
  readonly gathered: { readonly argv: readonly ByteText[]; readonly paths: ByteText[] }[]
  readonly state: { pruned: boolean; quits: boolean }
}

export const find: Tool = function* find(context): Steps<number> {
  const args = [...context.args]
  let follows = false
  while (/^-[LHP]$/.test(args[0] ?? '')) follows = args.shift() === '-L'
  const starts: ByteText[] = []
  while (args.length > 0 && !/^[-!(]/.test(args[0] ?? '')) starts.push(args.shift() ?? '')
  const parser = new FindParser(context, args)
  const search = parser.search(follows)
  if (typeof search === 'number') return search
  let code = 0
  for (const start of starts.length === 0 ? ['.'] : starts) if (!(yield* visit(context, search, start, 0))) code = 1
  for (const { argv, paths } of search.gathered)
    if (paths.length > 0 && (yield* context.run([...argv, ...paths])) !== 0) code = 1
  return code
}

/** What cannot be read or is not simulated: the exit code. Thrown within this file alone. */
class FindProblem extends Error {
  override readonly name = 'FindProblem'
  readonly code: number
  constructor(code: number) {
    super('find')
    this.code = code
  }
}

class FindParser {
  readonly #context: ToolContext
  readonly #args: readonly ByteText[]
  readonly #state = { pruned: false, quits: false }
  readonly #gathered: Search['gathered'] = []
  #at = 0
  #minDepth = 0
  #maxDepth = Number.POSITIVE_INFINITY
  #depthFirst = false
  #hasAction = false

  constructor(context: ToolContext, args: readonly ByteText[]) {
    this.#context = context
    this.#args = args
  }

  search(follows: boolean): Search | number {
    try {
      const parsed = this.#args.length === 0 ? always : this.#either()
      if (this.#at < this.#args.length) this.#problem(`unexpected argument '${this.#args[this.#at] ?? ''}'`)
      const predicate = this.#hasAction ? parsed : both(parsed, this.#print('\n'))
      return {
        predicate,
        follows,
        minDepth: this.#minDepth,
        maxDepth: this.#maxDepth,
        depthFirst: this.#depthFirst,
        gathered: this.#gathered,
        state: this.#state,
      }
    } catch (error) {
      if (error instanceof FindProblem) return error.code
      throw error
    }
  }

  #problem(message: string): never {
    throw new FindProblem(complain(this.#context, message))
  }

  #value(word: string): ByteText {
    const value = this.#args[this.#at++]
    return value ?? this.#problem(say(this.#context, `missing argument to \`${word}'`, `${word} requires an argument`))
  }

  #print(end: string): Predicate {
    return function* print(this: FindParser, { path }: Found): Steps<boolean> {
      this.#context.out(path + end)
      yield* hasRoom(this.#context)
      return true
    }.bind(this)
  }

  #either(): Predicate {
    let left = this.#all()
    while (/^-o(?:r)?$/.test(this.#args[this.#at] ?? '')) {
      this.#at++
      left = either(left, this.#all())
    }
    return left
  }

  #all(): Predicate {
    let left = this.#one()
    for (;;) {
      const next = this.#args[this.#at]
      if (next === undefined || next === ')' || next === '-o' || next === '-or') return left
      if (next === '-a' || next === '-and') this.#at++
      left = both(left, this.#one())
    }
  }

  #one(): Predicate {
    const word = this.#args[this.#at++] ?? this.#problem('expected an expression')
    if (word === '!' || word === '-not') return negated(this.#one())
    if (word === '(') {
      const inner = this.#either()
      if (this.#args[this.#at++] !== ')')
        this.#problem("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
      return inner
    }
    return this.#test(word) ?? this.#identity(word) ?? this.#age(word) ?? this.#action(word) ?? this.#unknown(word)
  }

  #unknown(word: string): never {
    if (/^-(?:ok|cmin|newer\w+|ls|xdev|mount|amin|fprint\w*|printf)$/.test(word))
      throw new FindProblem(notSimulated(this.#context, `find ${word}`))
    this.#problem(say(this.#context, `unknown predicate \`${word}'`, `unrecognized: ${word}`))
  }

  #test(word: string): Predicate | undefined {
    switch (word) {
      case '-true':
        return always
      case '-name':
      case '-iname':
        return this.#pattern(word === '-iname', (found) => toByteText(basename(found.path)) || '/')
      case '-path':
      case '-ipath':
      case '-wholename':
        return this.#pattern(word === '-ipath', (found) => found.path)
      case '-regex': {
        const regex = compileRegex(this.#value(word), { extended: false, whole: 'line' })
        return typeof regex === 'string' ? this.#problem(regex) : testing(({ path }) => regex.test(path))
      }
      case '-type': {
        const kinds = this.#value(word)
          .split(',')
          .map((letter) => this.#kind(letter))
        return testing(({ stat }) => kinds.includes(stat.type))
      }
      case '-perm': {
        const value = this.#value(word)
        const wanted = Number.parseInt(value.replace(/^[-/]/, ''), 8)
        if (value.startsWith('-')) return testing(({ stat }) => (stat.mode & wanted) === wanted)
        return testing(({ stat }) => (value.startsWith('/') ? (stat.mode & wanted) !== 0 : stat.mode === wanted))
      }
      case '-size': {
        const [, sign = '', digits = '0', unit = 'b'] = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(this.#value(word)) ?? []
        const bytes = { c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? 512
        return testing(({ stat }) => {
          const units = Math.ceil(stat.size / bytes)
          return sign === '+'
            ? units > Number(digits)
            : sign === '-'
              ? units < Number(digits)
              : units === Number(digits)
        })
      }
      case '-empty':
        return testing(({ path, stat }) => {
          const names =
            stat.type === 'directory' ? this.#context.files.readdir(this.#context.shell.path(path)) : undefined
          return names === undefined ? stat.type === 'file' && stat.size === 0 : names.ok && names.value.length === 0
        })
      case '-mindepth':
        this.#minDepth = Number(this.#value(word))
        return always
      case '-maxdepth':
        this.#maxDepth = Number(this.#value(word))
        return always
      case '-depth':
        this.#depthFirst = true
        return always
      case '-follow':
      case '-noleaf':
        return always
    }
    return undefined
  }

  /** A letter of -type; of kinds that no file here is, nothing is found. */
  #kind(letter: string): string | undefined {
    const kinds: Readonly<Record<string, string>> = { f: 'file', d: 'directory', l: 'symlink' }
    if ('fdlbcps'.includes(letter) && letter !== '') return kinds[letter]
    const gnu = `Unknown argument to -type: ${letter}`
    return this.#problem(say(this.#context, gnu, `invalid argument '${letter}' to '-type'`))
  }

  /** Who a file belongs to, and its numbers. Source: busybox 1.35 findutils/find.c, func_user, func_links; POSIX XCU find. */
  #identity(word: string): Predicate | undefined {
    if (word === '-nouser' || word === '-nogroup') {
      const isUser = word === '-nouser'
      return testing(({ stat }) => /^\d+$/.test(isUser ? userName(stat.uid) : groupName(stat.gid)))
    }
    if (word === '-user' || word === '-group') {
      const value = this.#value(word)
      const isUser = word === '-user'
      const id = idIn(this.#context, isUser ? '/etc/passwd' : '/etc/group', value)
      const what = isUser ? 'user' : 'group'
      if (id === undefined || value === '')
        this.#problem(
          say(
            this.#context,
            `${quotedName(this.#context, value)} is not the name of a known ${what}`,
            `unknown ${what} ${value}`,
          ),
        )
      return testing(({ stat }) => (isUser ? stat.uid : stat.gid) === id)
    }
    const key = ({ '-uid': 'uid', '-gid': 'gid', '-inum': 'inode', '-links': 'links' } as const)[word]
    if (key === undefined) return undefined
    const match = /^([-+]?)(\d+)$/.exec(this.#value(word))
    if (match === null) this.#problem(say(this.#context, `invalid argument to \`${word}'`, `invalid number '${word}'`))
    const [, sign = '', digits = '0'] = match
    const wanted = Number(digits)
    return testing(({ stat }) =>
      sign === '+' ? stat[key] > wanted : sign === '-' ? stat[key] < wanted : stat[key] === wanted,
    )
  }

  #age(word: string): Predicate | undefined {
    if (word === '-newer' || word === '-samefile') {
      const path = this.#value(word)
      const than = this.#context.files.stat(this.#context.shell.path(path))
      if (!than.ok) {
        const text = errorText(than.code)
        this.#problem(
          say(this.#context, `${quotedName(this.#context, path)}: ${text}`, `can't stat '${path}': ${text}`),
        )
      }
      const is = than.value
      return testing(({ stat: { mtimeMs, inode } }) => (word === '-newer' ? mtimeMs > is.mtimeMs : inode === is.inode))
    }
    const unit = { '-mmin': 60, '-mtime': 86_400 }[word]
    if (unit === undefined) return undefined
    const value = this.#value(word)
    const match = /^([-+]?)(\d+)$/.exec(value)
    if (match === null)
      this.#problem(say(this.#context, `invalid argument \`${value}' to \`${word}'`, `invalid number '${value}'`))
    const [, sign = '', digits = '0'] = match
    const now = this.#context.shell.world.epochNow()
    return testing(({ stat }) => isOfAge((now - stat.mtimeMs) / 1000, sign, Number(digits), unit))
  }

  #pattern(ignoresCase: boolean, textOf: (found: Found) => ByteText): Predicate {
    const text = this.#value('-name')
    const pattern = patternOf(ignoresCase ? text.toLowerCase() : text)
    return testing((found) => matches(pattern, ignoresCase ? textOf(found).toLowerCase() : textOf(found)))
  }

  #action(word: string): Predicate | undefined {
    if (word === '-prune') return testing(() => (this.#state.pruned = true))
    if (!['-print', '-print0', '-quit', '-delete', '-exec', '-execdir'].includes(word)) return undefined
    this.#hasAction = true
    if (word === '-print' || word === '-print0') return this.#print(word === '-print' ? '\n' : '\0')
    if (word === '-quit') return testing(() => (this.#state.quits = true))
    if (word === '-delete') {
      this.#depthFirst = true
      return testing((found) => this.#delete(found))
    }
    return this.#exec()
  }

  #delete({ path, stat }: Found): boolean {
    const at = this.#context.shell.path(path)
    const gone = stat.type === 'directory' ? this.#context.files.rmdir(at) : this.#context.files.unlink(at)
    if (!gone.ok)
      complain(
        this.#context,
        say(
          this.#context,
          `cannot delete ${quotedName(this.#context, path)}: ${errorText(gone.code)}`,
          `${path}: ${errorText(gone.code)}`,
        ),
      )
    return gone.ok
  }

  #exec(): Predicate {
    const argv: ByteText[] = []
    for (;;) {
      const word = this.#args[this.#at++]
      if (word === undefined)
        this.#problem(say(this.#context, "missing argument to `-exec'", '-exec requires an argument'))
      if (word === ';') break
      if (word === '+' && argv.at(-1) === '{}') {
        const gathered = { argv: argv.slice(0, -1), paths: [] as ByteText[] }
        this.#gathered.push(gathered)
        return testing(({ path }) => gathered.paths.push(path) > 0)
      }
      argv.push(word)
    }
    const { run } = this.#context
    return function* exec({ path }: Found): Steps<boolean> {
      return (yield* run(argv.map((word) => word.replaceAll('{}', path)))) === 0
    }
  }
}

/** Whole units count; `+1` is two and more. Source: busybox findutils/find.c, func_mmin, func_mtime. */
function isOfAge(seconds: number, sign: string, count: number, unit: number): boolean {
  const whole = Math.floor(seconds)
  if (sign === '+') return whole >= (count + 1) * unit
  if (sign === '-') return whole < count * unit
  return whole >= count * unit && whole < (count + 1) * unit
}

// biome-ignore lint/correctness/useYield: tests are steps as actions are, and never wait
function* always(): Steps<boolean> {
  return true
}

function testing(test: (found: Found) => boolean): Predicate {
  // biome-ignore lint/correctness/useYield: as above
  return function* tested(found) {
    return test(found)
  }
}

function both(a: Predicate, b: Predicate): Predicate {
  return function* and(found) {
    return (yield* a(found)) && (yield* b(found))
  }
}

function either(a: Predicate, b: Predicate): Predicate {
  return function* or(found) {
    return (yield* a(found)) || (yield* b(found))
  }
}

function negated(a: Predicate): Predicate {
  return function* not(found) {
    return !(yield* a(found))
  }
}

function* visit(context: ToolContext, search: Search, path: ByteText, depth: number): Steps<boolean> {
  const { files } = context
  const at = context.shell.path(path)
  const followed = search.follows ? files.stat(at) : undefined
  const stat = followed?.ok ? followed : files.lstat(at)
  if (!stat.ok) {
    complain(context, `${quotedName(context, path)}: ${errorText(stat.code)}`)
    return false
  }
  if (search.state.quits) return true
  const found = { path, stat: stat.value, depth }
  search.state.pruned = false
  if (!search.depthFirst && depth >= search.minDepth) yield* search.predicate(found)
  let fine = true
  const goesDown =
    stat.value.type === 'directory' && depth < search.maxDepth && !search.state.pruned && !search.state.quits
  if (goesDown) {
    const names = files.directoryOrder(at)
    if (names.ok)
      for (const name of names.value)
        fine = (yield* visit(context, search, `${path === '/' ? '' : path}/${toByteText(name)}`, depth + 1)) && fine
    else {
      complain(context, `${quotedName(context, path)}: ${errorText(names.code)}`)
      fine = false
    }
  }
  if (search.depthFirst && depth >= search.minDepth && !search.state.quits) yield* search.predicate(found)
  return fine
}

function quotedName(context: ToolContext, path: ByteText): ByteText {
  return context.voice === 'gnu' ? quoted(context, path) : path
}
