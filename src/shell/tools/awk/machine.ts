/** What a running awk program remembers: variables, the record and its fields, what it writes to. */
import { errorText } from '../../../fs/error-text.ts'
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../../byte-text.ts'
import { BufferSink, Input, type Sink } from '../../engine/streams.ts'
import type { RegexMatch } from '../regex-syntax.ts'
import { compileRegex, type Regex } from '../regular-expression.ts'
import { cannotOpen, hasRoom, open, openFile, type ToolContext } from '../tool.ts'
import { AwkError } from './lexer.ts'
import { type AwkArray, numberOf, Read, textOf, type Value } from './values.ts'

/** Ends statements upwards. */
export type Jump = 'break' | 'continue' | 'next' | 'exit' | 'return'

/** Records between two looks whether somebody reads what is written. */
const recordsAtOnce = 64

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** A program while it runs. */
export class Machine {
  readonly context: ToolContext
  readonly variables = new Map<string, Value>()
  readonly arrays = new Map<string, AwkArray>()
  /** What the running function has of its own: values, arrays, and what may become either. */
  frame: Map<string, Value | AwkArray> | undefined
  returned: Value
  /** Calls of functions within one another. */
  depth = 0
  exitCode = 0
  #record: ByteText = ''
  /** Undefined: the record was not split yet. */
  #fields: Value[] | undefined
  #isStale = false
  readonly #sinks = new Map<string, Sink>()
  readonly #pipes = new Map<ByteText, ByteText>()
  readonly #inputs = new Map<ByteText, Input>()
  readonly #regexes = new Map<ByteText, Regex>()
  #main: Input | undefined
  #argument = 1
  #hasFiles = false
  #count = 0

  constructor(context: ToolContext, operands: readonly ByteText[]) {
    this.context = context
    const defaults = { FS: ' ', OFS: ' ', ORS: '\n', RS: '\n', SUBSEP: '\x1c', CONVFMT: '%.6g', OFMT: '%.6g' }
    for (const [name, value] of Object.entries(defaults)) this.variables.set(name, value)
    for (const name of ['NR', 'FNR', 'RSTART']) this.variables.set(name, 0)
    this.variables.set('RLENGTH', -1)
    this.variables.set('ARGC', operands.length + 1)
    const argv = ['awk', ...operands].map((operand, i) => [String(i), i === 0 ? operand : new Read(operand)] as const)
    this.arrays.set('ARGV', new Map<ByteText, Value>(argv))
    const environment = [...context.shell.environment()].map(([name, value]) => [name, new Read(value)] as const)
    this.arrays.set('ENVIRON', new Map(environment))
  }

  get(name: string): Value {
    const own = this.frame?.get(name)
    if (this.frame?.has(name) === true) return own instanceof Map ? undefined : own
    if (name === 'NF') return this.fields.length
    return this.variables.get(name)
  }

  set(name: string, value: Value): void {
    this.context.held(typeof value === 'string' ? value.length : 0)
    if (this.frame?.has(name) === true) this.frame.set(name, value)
    else if (name === 'NF') this.#resize(Math.max(0, Math.trunc(numberOf(value))))
    else this.variables.set(name, value)
  }

  array(name: string): AwkArray {
    const { frame } = this
    const own = frame?.get(name)
    if (own instanceof Map) return own
    const made: AwkArray = new Map()
    if (frame?.has(name) === true) {
      frame.set(name, made)
      return made
    }
    const known = this.arrays.get(name)
    if (known === undefined) this.arrays.set(name, made)
    return known ?? made
  }

  text(value: Value): ByteText {
    return textOf(value, textOf(this.variables.get('CONVFMT'), '%.6g'))
  }

  shown(value: Value): ByteText {
    return textOf(value, textOf(this.variables.get('OFMT'), '%.6g'))
  }

  regex(pattern: ByteText): Regex {
    const known = this.#regexes.get(pattern)
    if (known !== undefined) return known
    const made = compileRegex(pattern, { extended: true })
    if (typeof made === 'string') throw new AwkError(made, 1)
    this.#regexes.set(pattern, made)
    return made
  }

  /** Where a pattern matches, in bytes. */
  find(pattern: ByteText, bytes: ByteText, from = 0): Pick<RegexMatch, 'start' | 'end'> | undefined {
    const regex = this.regex(pattern)
    if (isAscii(bytes)) return regex.find(bytes, from)
    const found = regex.find(fromByteText(bytes), fromByteText(bytes.slice(0, from)).length)
    if (found === undefined) return undefined
    const text = fromByteText(bytes)
    return { start: toByteText(text.slice(0, found.start)).length, end: toByteText(text.slice(0, found.end)).length }
  }

  get record(): ByteText {
    if (!this.#isStale) return this.#record
    this.#isStale = false
    const texts = (this.#fields ?? []).map((field) => this.text(field))
    this.#record = texts.join(this.text(this.variables.get('OFS')))
    return this.#record
  }

  set record(text: ByteText) {
    this.#record = text
    this.#fields = undefined
    this.#isStale = false
  }

  get fields(): Value[] {
    this.#fields ??= this.split(this.#record, this.text(this.variables.get('FS')))
    return this.#fields
  }

  field(index: number): Value {
    if (index < 0) throw new AwkError('Access to negative field', 1)
    return index === 0 ? new Read(this.record) : this.fields[index - 1]
  }

  setField(index: number, value: Value): void {
    if (index < 0) throw new AwkError('Access to negative field', 1)
    if (index === 0) {
      this.record = this.text(value)
      return
    }
    if (index > this.fields.length) this.#resize(index)
    this.fields[index - 1] = value
    this.#isStale = true
  }

  #resize(length: number): void {
    this.context.held(length)
    const { fields } = this
    while (fields.length < length) fields.push('')
    fields.length = length
    this.#isStale = true
  }

  /** Parts of a text between separators: a blank takes all white space, one character itself, more are a pattern. */
  split(text: ByteText, separator: ByteText): Value[] {
    if (text === '') return []
    const isParagraph = this.variables.get('RS') === ''
    if (separator === ' ') return (text.match(/[^ \t\n]+/g) ?? []).map((part) => new Read(part))
    if (separator === '') return Array.from(text, (part) => new Read(part))
    if (separator.length === 1 && !isParagraph && !/[\\|]/.test(separator))
      return text.split(separator).map((part) => new Read(part))
    const own = separator === '|' ? '[|]' : separator === '\\' ? '\\\\' : separator
    const pattern = isParagraph ? `(${separator.length === 1 && separator !== '\\' ? `[${separator}]` : own})|\n` : own
    const parts: Value[] = []
    let at = 0
    for (
      let found = this.find(pattern, text, at);
      found !== undefined && found.end > found.start;
      found = this.find(pattern, text, at)
    ) {
      parts.push(new Read(text.slice(at, found.start)))
      at = found.end
    }
    return [...parts, new Read(text.slice(at))]
  }

  /** The next record of the files that are named, or of standard input; undefined at the end. */
  *next(): Steps<ByteText | undefined> {
    for (;;) {
      this.#main ??= this.#nextFile()
      if (this.#main === undefined) return undefined
      const record = yield* this.recordOf(this.#main)
      if (record !== undefined) {
        this.variables.set('NR', numberOf(this.variables.get('NR')) + 1)
        this.variables.set('FNR', numberOf(this.variables.get('FNR')) + 1)
        if (++this.#count % recordsAtOnce === 0 && !(yield* hasRoom(this.context))) return undefined
        return record
      }
      this.#main = undefined
    }
  }

  #nextFile(): Input | undefined {
    const argv = this.array('ARGV')
    while (this.#argument < numberOf(this.variables.get('ARGC'))) {
      const path = this.text(argv.get(String(this.#argument++)))
      const assigned = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(path)
      if (assigned !== null) this.variables.set(assigned[1] ?? '', new Read(assigned[2] ?? ''))
      else if (path !== '') return this.#openMain(path)
    }
    if (this.#hasFiles) return undefined
    this.#hasFiles = true
    return this.context.stdin
  }

  #openMain(path: ByteText): Input {
    this.#hasFiles = true
    const input = open(this.context, path)
    if (!(input instanceof Input)) {
      cannotOpen(this.context, path, input)
      throw new AwkExit(this.context.voice === 'gnu' ? 2 : 1)
    }
    this.variables.set('FILENAME', path)
    this.variables.set('FNR', 0)
    return input
  }

  *recordOf(input: Input): Steps<ByteText | undefined> {
    const { held } = this.context
    const separator = this.text(this.variables.get('RS'))
    const end = separator === '' ? '\n' : separator.charAt(0)
    if (separator !== '') {
      const line = yield* input.line(held, end)
      return line?.endsWith(end) === true ? line.slice(0, -1) : line
    }
    // Paragraphs: blank lines around them do not count.
    const lines: ByteText[] = []
    for (let line = yield* input.line(held); line !== undefined; line = yield* input.line(held)) {
      const text = line.replace(/\n$/, '')
      if (text !== '') lines.push(text)
      else if (lines.length > 0) break
    }
    return lines.length === 0 ? undefined : lines.join('\n')
  }

  /** A file that `getline < path` reads; undefined: it is not there. */
  inputOf(path: ByteText): Input | undefined {
    const known = this.#inputs.get(path)
    if (known !== undefined) return known
    const input = open(this.context, path)
    if (!(input instanceof Input)) return undefined
    this.#inputs.set(path, input)
    return input
  }

  /** What a command writes, which runs once. */
  *outputOf(command: ByteText): Steps<Input> {
    const known = this.#inputs.get(command)
    if (known !== undefined) return known
    const { engine, shell, streams, held } = this.context
    const sink = new BufferSink(held)
    yield* engine.runProgram(['sh', '-c', command], shell, streams.with({ out: sink }))
    const input = new Input(sink.text())
    this.#inputs.set(command, input)
    return input
  }

  /** Writes to a file, or gathers what a command is to read. */
  write(bytes: ByteText, way: '' | '>' | '>>' | '|', target: ByteText): void {
    if (way === '') this.context.out(bytes)
    else if (way === '|') {
      const before = this.#pipes.get(target) ?? ''
      this.context.held(before.length + bytes.length)
      this.#pipes.set(target, before + bytes)
    } else {
      const sink = this.#sinks.get(target) ?? openFile(this.context, target, way === '>>')
      if (typeof sink === 'string') {
        const { voice, err, prefix } = this.context
        const [gnu, busybox] = [
          `cannot open "${target}" for output (${errorText(sink)})`,
          `can't open '${target}': ${errorText(sink)}`,
        ]
        err(`${prefix}${voice === 'gnu' ? gnu : busybox}\n`)
        throw new AwkExit(voice === 'gnu' ? 2 : 1)
      }
      this.#sinks.set(target, sink)
      sink.write(bytes)
    }
  }

  /** Ends a file or a command; the command's exit code, -1 where nothing was open. */
  *close(target: ByteText): Steps<number> {
    const wasOpen = this.#sinks.delete(target) || this.#inputs.delete(target)
    const gathered = this.#pipes.get(target)
    if (gathered === undefined) return wasOpen ? 0 : -1
    this.#pipes.delete(target)
    return yield* this.context.run(['sh', '-c', target], { stdin: gathered })
  }

  *closeAll(): Steps<void> {
    for (const target of [...this.#pipes.keys()]) yield* this.close(target)
  }
}

/** Ends the program at once. */
export class AwkExit extends Error {
  override readonly name = 'AwkExit'
  readonly code: number
  constructor(code: number) {
    super(String(code))
    this.code = code
  }
}
