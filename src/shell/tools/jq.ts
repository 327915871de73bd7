/** jq: filters over JSON. Source: jq 1.6, src/main.c. */
import { errorText } from '../../fs/error-text.ts'
import type { FsErrorCode } from '../../fs/node-fs.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import { BudgetError } from '../engine/budget.ts'
import { JqInputs } from './jq/inputs.ts'
import type { Scope } from './jq/items.ts'
import { JsonTexts } from './jq/json-text.ts'
import { JqSyntaxError } from './jq/lexer.ts'
import { type Host, Machine, TooDeep } from './jq/machine.ts'
import { Halt, natives } from './jq/natives.ts'
import { type JqOptions, readOptions } from './jq/options.ts'
import { parse, parseDefinitions } from './jq/parser.ts'
import { prelude } from './jq/prelude.ts'
import type { Definition, Filter } from './jq/syntax.ts'
import { dump, isTrue, JqError, type Json } from './jq/values.ts'
import { open, readAll, type Tool, type ToolContext } from './tool.ts'

/** Exit codes. Source: jq src/main.c, JQ_OK and its neighbours. */
const codes = { system: 2, compile: 3, noOutput: 4, unknown: 5 } as const

/** Functions that are programs themselves, read once. */
let definitions: ReadonlyMap<string, Definition> | undefined

function preludeDefinitions(): ReadonlyMap<string, Definition> {
  if (definitions !== undefined) return definitions
  // Some are defined by others that come later.
  const read = parseDefinitions(prelude, { hasFunction: () => true, variables: new Set(['ENV']) })
  definitions = new Map(read.map((each) => [`${each.name}/${each.parameters.length}`, each]))
  return definitions
}

/** Puts each JSON value of files, or of standard input, through a filter. */
export const jq: Tool = (context) => run(context)

function* run(context: ToolContext): Steps<number> {
  const options = readOptions(context)
  if (typeof options === 'number') return options
  const read = yield* filesOf(context, options)
  if (typeof read === 'number') return read
  const filter = compiled(context, read.program, read.variables)
  if (filter === undefined) return codes.compile
  const inputs = new JqInputs(yield* textsOf(context, options), options)
  return new Run(context, options, inputs, filter, read.variables).code()
}

interface ReadFiles {
  readonly program: string
  readonly variables: ReadonlyMap<string, Json>
}

/** The program and the variables, with what lies in files. */
function* filesOf(context: ToolContext, options: JqOptions): Steps<ReadFiles | number> {
  const variables = new Map(options.variables)
  for (const { name, path, isRaw } of options.files) {
    const text = yield* readAll(context, path)
    const what = isRaw ? 'rawfile' : 'slurpfile'
    if (typeof text !== 'string') {
      context.err(`jq: Bad JSON in --${what} ${name} ${path}: Could not open ${path}: ${errorText(text.code)}\n`)
      return codes.system
    }
    const value = isRaw ? fromByteText(text) : slurped(fromByteText(text))
    if (typeof value === 'object' && value !== null && 'message' in value) {
      context.err(toByteText(`jq: Bad JSON in --${what} ${name} ${path}: ${value.message}\n`))
      return codes.system
    }
    variables.set(name, value)
  }
  const named = new Map([...variables])
  variables.set(
    'ARGS',
    new Map<string, Json>([
      ['positional', options.positional],
      ['named', named],
    ]),
  )
  if (options.programFile === undefined) return { program: options.program, variables }
  const program = yield* readAll(context, options.programFile)
  if (typeof program === 'string') return { program: fromByteText(program), variables }
  context.err(`jq: Could not open ${options.programFile}: ${errorText(program.code)}\n`)
  return codes.system
}

function slurped(text: string): Json | { readonly message: string } {
  const texts = new JsonTexts(text)
  const values: Json[] = []
  for (let read = texts.next(); read !== undefined; read = texts.next()) {
    if ('message' in read) return read
    values.push(read.value)
  }
  return values
}

function compiled(context: ToolContext, program: string, variables: ReadonlyMap<string, Json>): Filter | undefined {
  const own = preludeDefinitions()
  const isOpen = (name: string) => !name.startsWith('_') && (natives.has(name) || own.has(name))
  try {
    return parse(program, { hasFunction: isOpen, variables: new Set(['ENV', ...variables.keys()]) })
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error
    context.err(toByteText(compileErrors(program, error)))
    return undefined
  }
}

function compileErrors(program: string, { message, at, openIf }: JqSyntaxError): string {
  const first = errorAt(program, message, at)
  if (openIf === undefined) return `${first}jq: 1 compile error\n`
  return `${first}${errorAt(program, "Possibly unterminated 'if' statement", openIf)}jq: 2 compile errors\n`
}

/** With the line of the program, and blanks behind it for as much as lies before the place. Source: jq src/locfile.c. */
function errorAt(program: string, message: string, at: number): string {
  const before = program.slice(0, at)
  const number = before.split('\n').length
  const pad = ' '.repeat(toByteText(before).length)
  return `jq: error: ${message} at <top-level>, line ${number}:\n${program.split('\n')[number - 1] ?? ''}${pad}\n`
}

/** Each input file with its text, or why it cannot be read. */
function* textsOf(context: ToolContext, options: JqOptions): Steps<{ name: string | null; text: string }[]> {
  const texts: { name: string | null; text: string }[] = []
  for (const path of options.inputs.length === 0 ? ['-'] : options.inputs) {
    const isStdin = options.inputs.length === 0
    const input = isStdin ? open(context, '-') : open(context, path)
    const text: ByteText | { readonly code: FsErrorCode } =
      typeof input === 'string' ? { code: input } : yield* input.all(context.held)
    if (typeof text === 'string') texts.push({ name: isStdin ? null : path, text: fromByteText(text) })
    else {
      context.err(`jq: error: Could not open file ${path}: ${errorText(text.code)}\n`)
      options.failed = true
    }
  }
  return texts
}

/** One run of a filter over all inputs. */
class Run {
  readonly #context: ToolContext
  readonly #options: JqOptions
  readonly #inputs: JqInputs
  readonly #filter: Filter
  readonly #machine: Machine
  readonly #scope: Scope | undefined
  #last: Json | undefined

  constructor(
    context: ToolContext,
    options: JqOptions,
    inputs: JqInputs,
    filter: Filter,
    variables: ReadonlyMap<string, Json>,
  ) {
    this.#context = context
    this.#options = options
    this.#inputs = inputs
    this.#filter = filter
    this.#machine = new Machine(hostOf(context, inputs))
    let scope: Scope | undefined
    for (const [name, value] of variables) scope = { outer: scope, name: `$${name}`, value }
    this.#scope = scope
  }

  code(): number {
    let code = 0
    try {
      if (this.#options.isNull) code = this.#process(null)
      else
        for (let read = this.#inputs.next(); read !== undefined; read = this.#inputs.next()) {
          if ('message' in read) {
            this.#context.err(toByteText(`parse error: ${read.message}\n`))
            code = codes.noOutput
            break
          }
          code = this.#process(read.value)
        }
    } catch (error) {
      if (!(error instanceof Halt)) throw error
      return this.#halt(error)
    }
    if (this.#options.failed) return codes.system
    if (code !== 0 || !this.#options.tellsResult) return code
    return this.#last === undefined ? codes.noOutput : isTrue(this.#last) ? 0 : 1
  }

  #process(value: Json): number {
    try {
      for (const result of this.#machine.values(this.#filter, this.#scope, value)) {
        this.#last = result
        this.#print(result)
      }
      return 0
    } catch (error) {
      if (error instanceof TooDeep || error instanceof RangeError) throw new BudgetError('depth')
      if (!(error instanceof JqError)) throw error
      const { value: said } = error
      const where = `(at ${this.#inputs.place})`
      const text =
        typeof said === 'string' ? `jq: error ${where}: ${said}` : `jq: error ${where} (not a string): ${dump(said)}`
      this.#context.err(toByteText(`${text}\n`))
      return codes.unknown
    }
  }

  #print(value: Json): void {
    const { isRaw, joins, style } = this.#options
    const text = isRaw && typeof value === 'string' ? value : dump(value, style)
    this.#context.out(toByteText(joins ? text : `${text}\n`))
  }

  #halt({ code, value }: Halt): number {
    if (typeof value === 'string') this.#context.err(toByteText(value))
    else if (value !== undefined && value !== null) this.#context.err(toByteText(`${dump(value)}\n`))
    return code
  }
}

function hostOf(context: ToolContext, inputs: JqInputs): Host {
  let steps = 0
  return {
    natives,
    definitions: preludeDefinitions(),
    spend() {
      // Thirty steps of a filter are about as much work as a command.
      if (++steps % 30 === 0) context.shell.budget.spendCommands()
    },
    input() {
      const read = inputs.next()
      if (read === undefined) throw new JqError('break')
      if ('message' in read) throw new JqError(read.message)
      return read.value
    },
    inputName: () => inputs.name,
    inputLine: () => inputs.line,
    environment: new Map([...context.shell.environment()].map(([name, value]) => [name, fromByteText(value)])),
    epochNow: () => context.shell.world.epochNow(),
    debug: (text) => context.err(toByteText(`${text}\n`)),
  }
}
