import { type ByteText, toBytes } from '../bytes-text.ts'
import type { ProcessContext, Wait } from '../program.ts'
import type { Node } from './syntax.ts'

/** Where a command's input comes from and its output goes. */
export interface ShellIo {
  /** Takes what is left of the input. */
  readonly stdin: InputStream
  readonly out: (bytes: ByteText) => void
  readonly err: (bytes: ByteText) => void
}

/** Input that several commands share: each takes what it reads. */
export class InputStream {
  #bytes: ByteText

  constructor(bytes: ByteText) {
    this.#bytes = bytes
  }

  all(): ByteText {
    const bytes = this.#bytes
    this.#bytes = ''
    return bytes
  }

  /** A line without its end; undefined when there is none left. */
  line(): ByteText | undefined {
    if (this.#bytes === '') return undefined
    const end = this.#bytes.indexOf('\n')
    const line = end === -1 ? this.#bytes : this.#bytes.slice(0, end)
    this.#bytes = end === -1 ? '' : this.#bytes.slice(end + 1)
    return line
  }
}

/** Why commands after this one do not run. */
export interface Jump {
  readonly kind: 'exit' | 'return' | 'break' | 'continue'
  readonly levels: number
}

export interface Outcome {
  readonly code: number
  readonly jump?: Jump
}

export type Run = Generator<Wait, Outcome, void>

/** What a shell knows; a subshell begins with a copy. */
export class ShellState {
  readonly task: ProcessContext
  /** `sh`, `/bin/sh`: what messages begin with. */
  readonly name: string
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  readonly readOnly: Set<string>
  readonly functions: Map<string, Node>
  positional: readonly string[]
  cwd: string
  lastCode = 0
  exitsOnError = false
  refusesUnset = false
  traces = false
  /** Depth of functions and subshells. */
  depth = 0
  /** Commands since the shell last waited, shared with its subshells. */
  readonly budget: { left: number }

  constructor(task: ProcessContext, name: string, positional: readonly string[]) {
    this.task = task
    this.name = name
    this.positional = positional
    this.variables = new Map(task.env)
    this.exported = new Set(task.env.keys())
    this.readOnly = new Set()
    this.functions = new Map()
    this.cwd = task.workingDir
    this.budget = { left: stepBudget }
  }

  subshell(): ShellState {
    const copy = new ShellState(this.task, this.name, this.positional)
    copy.variables.clear()
    for (const [name, value] of this.variables) copy.variables.set(name, value)
    copy.exported.clear()
    for (const name of this.exported) copy.exported.add(name)
    for (const name of this.readOnly) copy.readOnly.add(name)
    for (const [name, body] of this.functions) copy.functions.set(name, body)
    copy.cwd = this.cwd
    copy.lastCode = this.lastCode
    copy.exitsOnError = this.exitsOnError
    copy.refusesUnset = this.refusesUnset
    copy.traces = this.traces
    copy.depth = this.depth + 1
    return Object.assign(copy, { budget: this.budget })
  }

  environment(): ReadonlyMap<string, string> {
    const env = new Map<string, string>()
    for (const [name, value] of this.variables) if (this.exported.has(name)) env.set(name, value)
    return env
  }
}

/** Commands that a shell may run at one instant: a loop that never sleeps would stop virtual time. */
export const stepBudget = 100_000
/** Functions and subshells inside of one another. */
export const maxShellDepth = 60

/** Ends a shell that nests too deeply for the host. */
export function tooDeep(state: ShellState, io: ShellIo): Outcome {
  io.err(toBytes(`${state.name}: podsim: more than ${maxShellDepth} functions or subshells inside of one another\n`))
  return { code: 2, jump: { kind: 'exit', levels: 0 } }
}
