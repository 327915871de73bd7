/** Grammar of command lines. Source: POSIX XCU 2.10; bash(1) for `&>`, `<<<` and `$'...'`. */

import { ScriptCursor } from './script-cursor.ts'
import {
  type Assignment,
  type Command,
  type ListItem,
  type Pipeline,
  type Redirection,
  type Script,
  ShellSyntaxError,
  type SimpleCommand,
  type Word,
} from './syntax.ts'
import { lineOf } from './word-reader.ts'

/** How deep compound commands may nest. */
const maxDepth = 200

/** What a text says, up to its first mistake. */
export interface ParsedScript {
  /** What could be read; all of it unless there is an error. */
  readonly script: Script
  readonly error: ShellSyntaxError | undefined
}

/** Reads a script line by line: what stands before a mistake is still there, as bash runs it. */
export function parseShell(text: string): ParsedScript {
  const items: ListItem[] = []
  try {
    const parser = new Parser(text, 0)
    while (parser.skipToCommand()) items.push(...parser.line())
    return { script: items, error: undefined }
  } catch (error) {
    if (error instanceof ShellSyntaxError) return { script: items, error }
    throw error
  }
}

function parseNested(text: string, depth: number): Script {
  const parser = new Parser(text, depth)
  const items: ListItem[] = []
  while (parser.skipToCommand()) items.push(...parser.line())
  return items
}

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}'])

class Parser extends ScriptCursor {
  #nesting = 0

  constructor(text: string, depth: number) {
    super(text, depth, parseNested)
  }

  /** Passes blank lines and comments; false at the end. */
  skipToCommand(): boolean {
    for (;;) {
      this.skipBlanks()
      if (this.text.charAt(this.index) !== '\n') break
      this.newline()
    }
    return this.index < this.text.length
  }

  /** The commands of one line, or of as many as they need. */
  line(): ListItem[] {
    const items: ListItem[] = []
    this.#list(items, () => this.text.charAt(this.index) === '\n' || this.index >= this.text.length)
    if (this.index < this.text.length) this.newline()
    else this.readHereDocuments()
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
    if (++this.#nesting > maxDepth) throw new ShellSyntaxError(['commands nest too deeply'])
    const items: ListItem[] = []
    const isEnd = (): boolean => ends.includes(this.endToken())
    this.skipNewlines()
    while (!isEnd()) {
      if (this.index >= this.text.length) this.unexpected()
      this.#list(items, () => isEnd() || this.text.charAt(this.index) === '\n')
      this.skipNewlines()
    }
    if (items.length === 0) this.unexpected()
    this.#nesting--
    return items
  }

  #pipeline(): Pipeline {
    this.skipBlanks()
    let negated = false
    while (this.peekRaw() === '!') {
      negated = !negated
      this.index++
      this.skipBlanks()
    }
    const commands = [this.#command()]
    for (;;) {
      this.skipBlanks()
      if (this.operator() !== '|') return { negated, commands }
      this.index++
      this.skipNewlines()
      commands.push(this.#command())
    }
  }

  #command(): Command {
    this.skipBlanks()
    if (this.operator() === '(') return this.#subshell()
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
    }
    if (reserved.has(word)) this.unexpected()
    const name = /^([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\([ \t]*\)/.exec(this.text.slice(this.index, this.index + 256))
    if (name !== null) return this.#function(name[1] ?? '', name[0].length)
    return this.#simple()
  }

  #function(name: string, length: number): Command {
    this.index += length
    this.skipNewlines()
    return { kind: 'function', name, body: this.#command() }
  }

  #subshell(): Command {
    this.index++
    return this.#withRedirections({ kind: 'subshell', body: this.#compoundList(')') }, ')')
  }

  #expect(word: string): void {
    this.skipNewlines()
    if (this.endToken() !== word) this.unexpected()
    this.index += word.length
  }

  #withRedirections<T extends object>(command: T, end: string): T & { readonly redirections: readonly Redirection[] } {
    this.#expect(end)
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

  #loop(word: 'while' | 'until'): Command {
    this.index += word.length
    const condition = this.#compoundList('do')
    this.#expect('do')
    const body = this.#compoundList('done')
    return this.#withRedirections({ kind: 'loop', until: word === 'until', condition, body }, 'done')
  }

  #for(): Command {
    this.index += 3
    this.skipBlanks()
    const name = this.peekRaw()
    if (this.index >= this.text.length) this.unexpectedNewline()
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) this.unexpected()
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
    this.#expect('do')
    const body = this.#compoundList('done')
    return this.#withRedirections({ kind: 'for', name, words, body }, 'done')
  }

  #case(): Command {
    this.index += 4
    this.skipBlanks()
    const subject = this.word()
    this.#expect('in')
    const branches: { patterns: Word[]; body: Script }[] = []
    for (this.skipNewlines(); this.endToken() !== 'esac'; this.skipNewlines()) {
      if (this.operator() === '(') this.index++
      const patterns: Word[] = []
      do {
        this.skipBlanks()
        if (!this.isWordStart()) this.unexpected()
        patterns.push(this.word())
        this.skipBlanks()
      } while (this.operator() === '|' && this.index++ >= 0)
      if (this.operator() !== ')') this.unexpected()
      this.index++
      this.skipNewlines()
      const end = this.endToken()
      const body = end === ';;' || end === 'esac' ? [] : this.#compoundList(';;', 'esac')
      branches.push({ patterns, body })
      this.skipNewlines()
      if (this.operator() === ';;') this.index += 2
    }
    return this.#withRedirections({ kind: 'case', subject, branches }, 'esac')
  }

  #simple(): SimpleCommand {
    const line = lineOf(this.text, this.index)
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirections: Redirection[] = []
    if (this.peekRaw() === '[[') return this.#condition(line)
    for (;;) {
      this.skipBlanks()
      const redirection = this.redirection()
      if (redirection !== undefined) redirections.push(redirection)
      else if (!this.isWordStart()) break
      else {
        const match =
          words.length === 0
            ? /^([A-Za-z_][A-Za-z0-9_]*)(\+?)=/.exec(this.text.slice(this.index, this.index + 256))
            : null
        if (match === null) words.push(this.word())
        else {
          this.index += match[0].length
          assignments.push({ name: match[1] ?? '', append: match[2] === '+', value: this.word() })
        }
      }
    }
    if (assignments.length + words.length + redirections.length === 0) this.unexpected()
    return { kind: 'simple', assignments, words, redirections, line }
  }

  /** `[[ ... ]]`, in which operators of the grammar are words. */
  #condition(line: number): SimpleCommand {
    const words: Word[] = []
    for (;;) {
      this.skipBlanks()
      if (this.index >= this.text.length || this.text.charAt(this.index) === '\n') this.unexpected()
      const operator = this.operator()
      if (operator === undefined) words.push(this.word())
      else {
        words.push([{ kind: 'text', text: operator, quoted: true }])
        this.index += operator.length
      }
      const isEnd =
        words
          .at(-1)
          ?.map((part) => (part.kind === 'text' && !part.quoted ? part.text : ''))
          .join('') === ']]'
      if (isEnd) return { kind: 'simple', assignments: [], words, redirections: [], line }
    }
  }
}
