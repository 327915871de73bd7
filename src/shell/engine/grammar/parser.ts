/** Grammar of command lines. Source: POSIX XCU 2.10; bash(1); busybox shell/ash.c, list to parse_command. */
import { conditionWords, isPlain } from './condition.ts'
import { ScriptCursor } from './cursor.ts'
import type {
  Assignment,
  Command,
  CompoundCommand,
  ListItem,
  Pipeline,
  Redirection,
  Script,
  SimpleCommand,
  Word,
} from './syntax.ts'
import type { Grammar } from './word-reader.ts'

/** How deep compound commands may nest. */
const maxDepth = 100

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}', 'in'])
/** What may end a list in ash. Source: busybox shell/ash.c, tokname_array. */
const closing = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}', ')', ';;'])
/** Behind these of bash, `name=(...)` is an assignment, too. */
const declarations = ['declare', 'typeset', 'local', 'export', 'readonly']
const bracketBehind = /[ \t]*\(/y
const branchEnds = [';;', ';&', ';;&', 'esac'] as const

/** Reads commands from a place in a text on; mistakes are thrown. */
export class Parser extends ScriptCursor {
  #nesting = 0
  /** Names that stand for texts where a command begins. */
  aliases: () => ReadonlyMap<string, string> | undefined = () => undefined

  constructor(text: string, grammar: Grammar, depth: number, firstLine: number) {
    super(text, grammar, depth, (inner, innerDepth, line) => nested(inner, grammar, innerDepth, line), firstLine)
  }

  /** Passes blank lines and comments; false at the end. */
  skipToCommand(): boolean {
    this.skipNewlines()
    return !this.atEnd
  }

  /** The commands of one line, or of as many as they need. */
  commands(): ListItem[] {
    const items: ListItem[] = []
    this.#list(items, () => this.atNewline || this.atEnd)
    if (this.atEnd) this.readHereDocuments()
    else this.newline()
    return items
  }

  #list(items: ListItem[], isEnd: () => boolean): void {
    let joint: ListItem['joint'] = ';'
    for (;;) {
      const pipeline = this.#pipeline()
      this.skipBlanks()
      const operator = this.operator()
      if (operator === '&&' || operator === '||') {
        items.push({ pipeline, joint, background: false })
        joint = operator
        this.index += 2
        this.skipNewlines()
        continue
      }
      items.push({ pipeline, joint, background: operator === '&' })
      joint = ';'
      if (operator === ';' || operator === '&') this.index++
      else if (!isEnd()) this.unexpected()
      this.skipBlanks()
      if (isEnd()) return
    }
  }

  /** A list inside a compound command, up to one of the words. */
  #compoundList(...ends: readonly string[]): Script {
    if (++this.#nesting > maxDepth) this.tooDeep()
    const items: ListItem[] = []
    // In ash any word that closes something ends a list, and is told beside the one that was to come.
    const isAsh = !this.grammar.bash
    const isEnd = (): boolean => {
      const token = this.endToken()
      return ends.includes(token) || (isAsh && items.length > 0 && closing.has(token))
    }
    this.skipNewlines()
    while (!isEnd()) {
      if (this.atEnd) this.unexpected(ends.at(-1))
      this.#list(items, () => isEnd() || this.atNewline || this.atEnd)
      this.skipNewlines()
    }
    if (items.length === 0) this.unexpected(this.atEnd ? ends.at(-1) : undefined)
    this.#nesting--
    return items
  }

  #pipeline(): Pipeline {
    this.skipBlanks()
    const start = this.index
    let negated = false
    while (this.peekRaw() === '!') {
      negated = !negated
      this.index++
      this.skipBlanks()
    }
    const commands = [this.#command()]
    for (;;) {
      const end = this.index
      this.skipBlanks()
      const operator = this.operator()
      if (operator !== '|' && operator !== '|&')
        return { negated, commands, text: this.text.slice(start, end).replace(/\s+/g, ' ').trim() }
      this.index += operator.length
      if (operator === '|&') {
        // Source: bash(1), Pipelines: shorthand for `2>&1 |`.
        const last = commands.pop()
        if (last !== undefined) commands.push(withErrors(last))
      }
      this.skipNewlines()
      commands.push(this.#command())
    }
  }

  #command(): Command {
    this.skipBlanks()
    if (this.operator() === '(') return this.#bracket()
    const names = this.aliases()
    if (names !== undefined) this.#replaceAlias(names)
    const word = this.peekRaw()
    switch (word) {
      case '{':
        this.index++
        return this.#withRedirections({ kind: 'group', body: this.#compoundList('}') }, '}')
      case 'if':
        return this.#if()
      case 'while':
      case 'until':
        return this.#loop(word)
      case 'for':
        return this.#for()
      case 'case':
        return this.#case()
      case 'function':
        return this.#namedFunction()
    }
    if (reserved.has(word) && word !== 'in') this.unexpected()
    const name = this.#functionHead(word)
    if (name !== null) return this.#function(name[1] ?? '', name[0].length)
    return this.#simple()
  }

  /** ash takes a bracket behind one word for a function's. */
  #misplacedBracket(words: number): never {
    if (this.grammar.bash || words !== 1) this.unexpected()
    this.index++
    this.skipBlanks()
    if (this.isWordStart()) this.fail('word', ')')
    this.unexpected(')')
  }

  /** Puts the texts of names in their place; each once, so that none stands for itself. Source: POSIX XCU 2.3.1. */
  #replaceAlias(names: ReadonlyMap<string, string>): void {
    const used = new Set<string>()
    for (let name = this.peekRaw(); !used.has(name); name = this.peekRaw()) {
      const text = names.get(name)
      if (text === undefined) return
      used.add(name)
      this.replace(name.length, text)
      this.skipBlanks()
    }
  }

  /** `NAME ()`, where a bracket stands behind the word that comes. */
  #functionHead(word: string): RegExpExecArray | null {
    bracketBehind.lastIndex = this.index + word.length
    if (!bracketBehind.test(this.text)) return null
    const pattern = this.grammar.bash
      ? /^([^\s;&|<>()'"`$\\=#{}!]+)[ \t]*\([ \t]*\)/
      : /^([^\s;&|<>()]+)[ \t]*\([ \t]*\)/
    const head = pattern.exec(this.text.slice(this.index, this.index + 256))
    const name = head?.[1] ?? ''
    if (!this.grammar.bash && head !== null && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) this.badFunctionName(name)
    return head
  }

  /** `( ... )` or, in bash, `(( ... ))`. */
  #bracket(): Command {
    if (this.grammar.bash && this.text.startsWith('((', this.index)) {
      const expression = this.doubleBracketed()
      if (expression !== undefined)
        return this.#withRedirections({ kind: 'arithmetic', expression: this.expression(expression) })
    }
    this.index++
    return this.#withRedirections({ kind: 'subshell', body: this.#compoundList(')') }, ')')
  }

  #namedFunction(): Command {
    this.index += 'function'.length
    this.skipBlanks()
    const name = this.peekRaw()
    if (name === '') this.unexpected()
    this.index += name.length
    this.skipBlanks()
    return this.#function(name, /^\([ \t]*\)/.exec(this.text.slice(this.index, this.index + 256))?.[0].length ?? 0)
  }

  #function(name: string, length: number): Command {
    this.index += length
    this.skipNewlines()
    return { kind: 'function', name, body: this.#command() }
  }

  #expect(word: string): void {
    this.skipNewlines()
    if (this.endToken() !== word) this.unexpected(this.atEnd || !this.grammar.bash ? word : undefined)
    this.index += word.length
  }

  #withRedirections<T extends object>(command: T, end?: string): T & { readonly redirections: readonly Redirection[] } {
    if (end !== undefined) this.#expect(end)
    const redirections: Redirection[] = []
    for (;;) {
      this.skipBlanks()
      const redirection = this.redirection()
      if (redirection === undefined) return { ...command, redirections }
      redirections.push(redirection)
    }
  }

  #if(): Command {
    this.index += 2
    const branches: { condition: Script; body: Script }[] = []
    let otherwise: Script | undefined
    for (;;) {
      const condition = this.#compoundList('then')
      this.#expect('then')
      branches.push({ condition, body: this.#compoundList('elif', 'else', 'fi') })
      const next = this.endToken()
      if (next !== 'elif') {
        if (next === 'else') {
          this.#expect('else')
          otherwise = this.#compoundList('fi')
        }
        return this.#withRedirections({ kind: 'if', branches, otherwise }, 'fi')
      }
      this.#expect('elif')
    }
  }

  #body(): Script {
    this.#expect('do')
    return this.#compoundList('done')
  }

  #loop(word: 'while' | 'until'): Command {
    this.index += word.length
    const condition = this.#compoundList('do')
    return this.#withRedirections({ kind: 'loop', until: word === 'until', condition, body: this.#body() }, 'done')
  }

  #for(): Command {
    this.index += 3
    this.skipBlanks()
    if (this.grammar.bash && this.text.startsWith('((', this.index)) return this.#count()
    const name = this.peekRaw()
    if (this.atEnd && this.grammar.bash) this.fail('newline')
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) this.badLoopVariable()
    this.index += name.length
    this.skipNewlines()
    let words: Word[] | undefined
    if (this.peekRaw() === 'in') {
      this.index += 2
      words = []
      for (this.skipBlanks(); this.isWordStart(); this.skipBlanks()) words.push(this.word())
    }
    this.skipBlanks()
    if (this.operator() === ';') this.index++
    return this.#withRedirections({ kind: 'for', name, words, body: this.#body() }, 'done')
  }

  #count(): Command {
    const parts = this.doubleBracketed()?.split(';') ?? []
    if (parts.length !== 3) this.unexpected()
    const [first = [], condition = [], step = []] = parts.map((part) => this.expression(part.trim()))
    this.skipBlanks()
    if (this.operator() === ';') this.index++
    return this.#withRedirections({ kind: 'count', first, condition, step, body: this.#body() }, 'done')
  }

  #case(): Command {
    this.index += 4
    this.skipBlanks()
    if (!this.isWordStart()) this.unexpected()
    const subject = this.word()
    this.#expect('in')
    const branches: Extract<CompoundCommand, { kind: 'case' }>['branches'][number][] = []
    for (this.skipNewlines(); this.endToken() !== 'esac'; this.skipNewlines()) {
      if (this.atEnd) this.unexpected('esac')
      if (this.operator() === '(') this.index++
      const patterns = this.#patterns()
      this.skipNewlines()
      const token = this.endToken()
      const isEmpty = branchEnds.some((end) => end === token)
      const ends = this.grammar.bash ? branchEnds : ['esac', ';;']
      const body = isEmpty ? [] : this.#compoundList(...ends)
      this.skipNewlines()
      const end = branchEnds.find((each) => each === this.operator())
      if (end !== undefined) this.index += end.length
      else if (!this.grammar.bash && this.endToken() !== 'esac') this.unexpected(';;')
      branches.push({ patterns, body, end: end === ';&' || end === ';;&' ? end : ';;' })
    }
    return this.#withRedirections({ kind: 'case', subject, branches }, 'esac')
  }

  #patterns(): Word[] {
    const patterns: Word[] = []
    for (;;) {
      this.skipBlanks()
      // Whatever stands there is a pattern to ash.
      if (!this.isWordStart() && !this.grammar.bash && !this.atEnd && !this.atNewline) this.index++
      else if (!this.isWordStart()) this.unexpected()
      else patterns.push(this.word())
      this.skipBlanks()
      const operator = this.operator()
      if (operator !== '|' && operator !== ')') this.unexpected(this.atEnd || !this.grammar.bash ? ')' : undefined)
      this.index++
      if (operator === ')') return patterns
    }
  }

  #simple(): SimpleCommand {
    const line = this.line()
    const assignments: Assignment[] = []
    const words: Word[] = []
    const arrays: Assignment[] = []
    const redirections: Redirection[] = []
    if (this.grammar.bash && this.text.startsWith('[[', this.index) && this.peekRaw() === '[[')
      return {
        ...this.#withRedirections({ kind: 'simple' as const }),
        assignments: [],
        words: conditionWords(this),
        arrays: [],
        line,
      }
    for (;;) {
      this.skipBlanks()
      const redirection = this.redirection()
      if (redirection !== undefined) redirections.push(redirection)
      else if (!this.isWordStart()) break
      else {
        const declares = words.length > 0 && declarations.some((name) => isPlain(words[0], name))
        const assignment = words.length === 0 || declares ? this.assignment(declares) : undefined
        if (assignment === undefined) words.push(this.word())
        else if (!declares) assignments.push(assignment)
        else {
          words.push([{ kind: 'text', text: assignment.name, quoted: true }])
          arrays.push(assignment)
        }
      }
    }
    if (assignments.length + words.length + redirections.length === 0) this.unexpected()
    if (this.operator() === '(') this.#misplacedBracket(words.length)
    return { kind: 'simple', assignments, words, arrays, redirections, line }
  }
}

/** What stands in a substitution: a mistake in it is one of the whole script. */
export function nested(text: string, grammar: Grammar, depth: number, firstLine: number): Script {
  const parser = new Parser(text, grammar, depth, firstLine)
  const items: ListItem[] = []
  while (parser.skipToCommand()) items.push(...parser.commands())
  return items
}

const errorsToOutput: Redirection = { fd: 2, operator: '>&', target: [{ kind: 'text', text: '1', quoted: true }] }

function withErrors(command: Command): Command {
  return command.kind === 'function' ? command : { ...command, redirections: [...command.redirections, errorsToOutput] }
}
