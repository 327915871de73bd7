import type { Node, ParsedScript, Redirect, Script, Word } from './syntax.ts'
import { type ParseInner, SyntaxTrouble, WordReader } from './word-reader.ts'

const reserved = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}', 'in'])
/** Nesting that no script of a person reaches: guards the host's stack. */
const maxDepth = 100

/** Reads a script of the POSIX shell. Messages are those of busybox ash. Source: busybox shell/ash.c, synexpect. */
export function parseScript(text: string): ParsedScript {
  return parseAt(text, 0)
}

function parseAt(text: string, depth: number): ParsedScript {
  try {
    const parser = new Parser(text, depth)
    return { ok: true, script: parser.whole() }
  } catch (trouble) {
    if (trouble instanceof SyntaxTrouble) return { ok: false, message: trouble.message }
    throw trouble
  }
}

class Parser {
  readonly #in: WordReader
  #depth = 0

  constructor(text: string, depth: number) {
    const parseInner: ParseInner = (inner, innerDepth) => {
      const parsed = parseAt(inner, innerDepth)
      if (!parsed.ok) throw new SyntaxTrouble(parsed.message)
      return parsed.script
    }
    this.#in = new WordReader(text, parseInner, depth)
  }

  whole(): Script {
    const script = this.#list([])
    this.#in.skipLines()
    if (!this.#in.atEnd) this.#unexpected()
    return script
  }

  /** Commands until one of the words (not taken), `)`, `;;` or the end. */
  #list(ends: readonly string[]): Script {
    if (++this.#depth > maxDepth) throw new SyntaxTrouble('podsim: the script is nested too deeply')
    const nodes: Node[] = []
    for (;;) {
      this.#in.skipLines()
      if (this.#in.atEnd || this.#in.looksAt(')') || this.#in.looksAt(';;')) break
      const word = this.#in.peekName()
      if (ends.includes(word)) break
      if (reserved.has(word) && word !== 'in') this.#unexpected(word)
      nodes.push(this.#andOr())
      this.#in.skipBlanks()
      if (this.#in.looksAt('&') && !this.#in.looksAt('&&'))
        throw new SyntaxTrouble('podsim does not simulate background jobs (&)')
      if (this.#in.looksAt(';') && !this.#in.looksAt(';;')) this.#in.take(';')
      else if (!this.#in.looksAt('\n')) {
        this.#in.skipBlanks()
        if (!this.#in.atEnd && !this.#in.looksAt(')') && !this.#in.looksAt(';;') && !this.#in.looksAt('#'))
          this.#unexpected()
      }
    }
    this.#depth--
    return nodes
  }

  /** A list that must not be empty, up to a word that is taken. */
  #block(end: string, others: readonly string[] = []): Script {
    const body = this.#list([end, ...others])
    if (body.length === 0) this.#unexpected()
    return body
  }

  #expect(word: string): void {
    this.#in.skipLines()
    if (this.#in.peekName() !== word) this.#unexpected(undefined, word)
    this.#in.takeName(word)
  }

  #andOr(): Node {
    let left = this.#pipeline()
    for (;;) {
      this.#in.skipBlanks()
      const operator = this.#in.looksAt('&&') ? '&&' : this.#in.looksAt('||') ? '||' : undefined
      if (operator === undefined) return left
      this.#in.take(operator)
      this.#in.skipLines()
      left = { kind: 'logical', operator, left, right: this.#pipeline() }
    }
  }

  #pipeline(): Node {
    this.#in.skipBlanks()
    let negated = false
    while (this.#in.peekName() === '!') {
      this.#in.takeName('!')
      this.#in.skipBlanks()
      negated = !negated
    }
    const commands = [this.#command()]
    for (;;) {
      this.#in.skipBlanks()
      if (!this.#in.looksAt('|') || this.#in.looksAt('||')) break
      this.#in.take('|')
      this.#in.skipLines()
      commands.push(this.#command())
    }
    const [only] = commands
    return commands.length === 1 && !negated && only !== undefined ? only : { kind: 'pipeline', commands, negated }
  }

  #command(): Node {
    this.#in.skipBlanks()
    if (this.#in.looksAt('(')) {
      this.#in.take('(')
      const body = this.#list([])
      if (!this.#in.looksAt(')')) this.#unexpected(undefined, ')')
      this.#in.take(')')
      return { kind: 'group', subshell: true, body, redirects: this.#redirects() }
    }
    switch (this.#in.peekName()) {
      case '{':
        this.#in.takeName('{')
        return this.#closed('}', (body) => ({ kind: 'group', subshell: false, body, redirects: this.#redirects() }))
      case 'if':
        return this.#if()
      case 'while':
      case 'until':
        return this.#loop()
      case 'for':
        return this.#for()
      case 'case':
        return this.#case()
      default:
        return this.#simple()
    }
  }

  #closed(end: string, make: (body: Script) => Node): Node {
    const body = this.#block(end)
    this.#expect(end)
    return make(body)
  }

  #if(): Node {
    const clauses: { test: Script; body: Script }[] = []
    this.#in.takeName('if')
    let otherwise: Script = []
    for (;;) {
      const test = this.#block('then')
      this.#expect('then')
      clauses.push({ test, body: this.#block('fi', ['else', 'elif']) })
      const next = this.#in.peekName()
      if (next === 'elif') {
        this.#in.takeName('elif')
        continue
      }
      if (next === 'else') {
        this.#in.takeName('else')
        otherwise = this.#block('fi')
      }
      this.#expect('fi')
      return { kind: 'if', clauses, otherwise, redirects: this.#redirects() }
    }
  }

  #loop(): Node {
    const until = this.#in.peekName() === 'until'
    this.#in.takeName(until ? 'until' : 'while')
    const test = this.#block('do')
    this.#expect('do')
    return this.#closed('done', (body) => ({ kind: 'loop', until, test, body, redirects: this.#redirects() }))
  }

  #for(): Node {
    this.#in.takeName('for')
    this.#in.skipBlanks()
    const name = this.#in.peekName()
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new SyntaxTrouble('syntax error: bad for loop variable')
    this.#in.takeName(name)
    this.#in.skipLines()
    let words: Word[] | undefined
    if (this.#in.peekName() === 'in') {
      this.#in.takeName('in')
      words = []
      for (let word = this.#in.word(); word !== undefined; word = this.#in.word()) words.push(word)
    }
    this.#in.skipBlanks()
    if (this.#in.looksAt(';')) this.#in.take(';')
    this.#expect('do')
    return this.#closed('done', (body) => ({ kind: 'for', name, words, body, redirects: this.#redirects() }))
  }

  #case(): Node {
    this.#in.takeName('case')
    const word = this.#in.word()
    if (word === undefined) this.#unexpected()
    this.#expect('in')
    const clauses: { patterns: Word[]; body: Script }[] = []
    for (this.#in.skipLines(); this.#in.peekName() !== 'esac'; this.#in.skipLines()) {
      this.#in.skipBlanks()
      if (this.#in.looksAt('(')) this.#in.take('(')
      const patterns: Word[] = []
      for (;;) {
        const pattern = this.#in.word()
        if (pattern === undefined) this.#unexpected()
        patterns.push(pattern)
        this.#in.skipBlanks()
        if (!this.#in.looksAt('|')) break
        this.#in.take('|')
      }
      if (!this.#in.looksAt(')')) this.#unexpected(undefined, ')')
      this.#in.take(')')
      clauses.push({ patterns, body: this.#list(['esac']) })
      if (this.#in.looksAt(';;')) this.#in.take(';;')
    }
    this.#in.takeName('esac')
    return { kind: 'case', word, clauses, redirects: this.#redirects() }
  }

  #redirects(): readonly Redirect[] {
    const redirects: Redirect[] = []
    for (let next = this.#in.redirect(); next !== undefined; next = this.#in.redirect()) redirects.push(next)
    return redirects
  }

  #simple(): Node {
    const assignments: { name: string; value: Word }[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      const redirect = this.#in.redirect()
      if (redirect !== undefined) {
        redirects.push(redirect)
        continue
      }
      const assignment = words.length === 0 ? this.#in.assignment() : undefined
      if (assignment !== undefined) {
        assignments.push(assignment)
        continue
      }
      const name = words.length === 0 ? this.#in.peekName() : ''
      const word = this.#in.word()
      if (word === undefined) break
      words.push(word)
      this.#in.skipBlanks()
      if (words.length === 1 && assignments.length === 0 && this.#in.looksAt('(')) return this.#function(name)
    }
    if (assignments.length + words.length + redirects.length === 0) this.#unexpected()
    return { kind: 'simple', assignments, words, redirects }
  }

  #function(name: string): Node {
    this.#in.take('(')
    this.#in.skipBlanks()
    if (!this.#in.looksAt(')')) this.#unexpected(undefined, ')')
    this.#in.take(')')
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new SyntaxTrouble('syntax error: bad function name')
    this.#in.skipLines()
    return { kind: 'function', name, body: this.#command() }
  }

  #unexpected(word?: string, expecting?: string): never {
    this.#in.skipBlanks()
    const found = word === undefined ? this.#in.nextToken() : `"${word}"`
    const rest = expecting === undefined ? '' : ` (expecting "${expecting}")`
    throw new SyntaxTrouble(`syntax error: unexpected ${found}${rest}`)
  }
}
