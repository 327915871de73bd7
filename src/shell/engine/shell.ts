/** What a running shell remembers, and the world in which it runs. */

import type { FileView, FsUser } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import type { EpochMs } from '../../kernel/calendar.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import type { FileWatch } from '../file-watch.ts'
import type { ContainerNetwork } from '../net/network.ts'
import { type Budget, BudgetError } from './budget.ts'
import type { Dialect } from './dialect.ts'
import type { Command, Script } from './grammar/syntax.ts'
import type { Job, ProcessTable } from './process-table.ts'
import { isInherited, plainOptions, type ShellOptions } from './shell-options.ts'
import { levelOf, standardNames, standardValue } from './standard-variables.ts'
import type { Input, Sink, Streams } from './streams.ts'
import type { ShellArray } from './words/shell-array.ts'

/** A program that podsim has beside its tools, such as kubectl; what it is called with. All text is byte text. */
export interface ProgramCall {
  readonly args: readonly ByteText[]
  readonly environment: ReadonlyMap<string, ByteText>
  /** Absolute, as text. */
  readonly directory: string
  readonly stdin: Input
  /** Whether the script reads what the program writes: by `$(...)` or a pipe. */
  readonly isRead: boolean
  out(bytes: ByteText): void
  err(bytes: ByteText): void
}
export type WorldProgram = (call: ProgramCall) => Steps<number>

/** What a shell and the tools that it runs can reach: one for each process of a container, one for a command line. */
export interface ShellWorld {
  readonly kernel: Kernel
  /** As the process's user sees them. */
  readonly files: FileView
  readonly user: FsUser
  readonly hostname: string
  /** The processes beside this one. */
  readonly processes: ProcessTable
  /** The wall clock. */
  epochNow(): EpochMs
  /** Random bytes for /dev/urandom: the same under one seed. */
  randomBytes(count: number): ByteText
  /** Takes memory (negative: gives it back) that counts against a container's limit; false: that is passed. */
  takeMemory(bytes: number): boolean
  /** The sinks of the container's first process, which /proc/1/fd lead to. */
  readonly main?: { readonly out: Sink; readonly err: Sink }
  /** A program that podsim has beside its tools, such as kubectl. */
  program(name: string): WorldProgram | undefined
  /** What is taken for granted of a command of which nothing is known; absent: nothing, so it is not found. */
  assumed?(name: ByteText, args: readonly ByteText[]): WorldProgram | undefined
  /** Makes directories that an image of which nothing is known has, as the command is to write into them; `>`: a redirection. */
  prepares?(name: ByteText, args: readonly ByteText[]): void
  /** Users and groups that the container's own tables lack are the image's: who they are is not known. */
  readonly takesUsers?: boolean
  /** The network; absent or undefined: there is none. */
  network?(): ContainerNetwork | undefined
  /** What is asked of the world outside of the cluster is taken to be there, and to do its duty. */
  readonly trustsOutside?: (isRead: boolean) => void
  /** Answers after a time; absent: the kernel's own sleep does. */
  after?(ms: VirtualMs): Once<void>
  /** Answers when a name in a directory changes; absent: nobody tells. */
  changed?(directory: string): Once<void>
  /** What inotify tells of paths; absent: there is none. */
  watch?(paths: readonly string[]): FileWatch
}

/** Why commands after this one do not run. */
export interface Jump {
  readonly kind: 'exit' | 'return' | 'break' | 'continue'
  readonly code: number
  /** Loops that are left. */
  readonly levels: number
}

/** How a command ended: its exit code, or a jump that goes on upwards. */
export type Outcome = number | Jump

/** The exit code in an outcome. */
export function codeOf(outcome: Outcome): number {
  return typeof outcome === 'number' ? outcome : outcome.code
}

/** Ends the shell with a code. */
export function exitWith(code: number): Jump {
  return { kind: 'exit', code: code & 255, levels: 0 }
}

/** A variable as it was before a function made it its own. */
export interface KeptVariable {
  readonly value: ByteText | undefined
  readonly array: ShellArray | undefined
}

/** A function, and the file in which it was written: messages of bash begin with it. */
export interface ShellFunction {
  readonly body: Command
  readonly source: ByteText
}

/** Given at the start of a shell. */
export interface ShellSetup {
  readonly world: ShellWorld
  readonly dialect: Dialect
  readonly budget: Budget
  /** `$0`, which messages begin with. */
  readonly name: string
  /** What the shell itself was called by: sh unless given. */
  readonly program?: string
  /** Of ash: the script's file or the name that it was given; messages tell the line then. */
  readonly commandName?: ByteText | undefined
  readonly pid: number
  /** Of the process that started it; 0 where that is outside. */
  readonly parentPid?: number
  readonly directory: string
  readonly environment: ReadonlyMap<string, string>
  readonly positional: readonly ByteText[]
}

/** Variables, functions, directory of one shell; a subshell begins with a copy. Everything is byte text. */
export class Shell {
  /** With a umask of its own the files are others'. */
  world: ShellWorld
  readonly dialect: Dialect
  readonly budget: Budget
  readonly name: string
  readonly program: string
  /** Whose command runs: of a script in a file, of a builtin. */
  commandName: ByteText | undefined
  /** It prompts. */
  isInteractive = false
  readonly pid: number
  readonly parentPid: number
  readonly variables: Map<string, ByteText>
  /** Arrays of bash by name; element 0 is among the variables, too. */
  readonly arrays: Map<string, ShellArray>
  readonly exported: Set<string>
  readonly readOnly: Set<string>
  readonly functions: Map<string, ShellFunction>
  readonly options: ShellOptions
  /** Commands by signal name (`EXIT`, `TERM`); empty: the signal is ignored. */
  readonly traps: Map<string, ByteText>
  /** Signals that came and wait for the command in the foreground to end. */
  readonly pending: string[] = []
  /** Wakes a `wait` when a signal comes. */
  interrupt: ((signal: string) => void) | undefined
  /** Variables as they were before a function made them its own, innermost last. */
  readonly locals: Map<string, KeptVariable>[] = []
  /** The program that it runs next takes its process: behind `exec`, or because it does nothing else. */
  isReplaced = false
  /** The shell that took its process, and gets its signals. */
  successor: Shell | undefined
  /** Absolute, as text. */
  directory: string
  positional: readonly ByteText[]
  status = 0
  line = 1
  /** Functions, subshells and substitutions around this one. */
  depth: number
  /** Jobs of `&` that nobody has waited for. */
  readonly jobs = new Map<number, Job>()
  /** Where `getopts` goes on: the word, and the place in the one before it. */
  optionIndex = 1
  optionPlace = 0
  /** Names that stand for texts; undefined: none were made. */
  aliases: Map<string, ByteText> | undefined
  /** What `ulimit` set. */
  limits: ReadonlyMap<string, string> | undefined
  /** The trap of ERR, DEBUG or RETURN runs. */
  isTrapping = false
  /** Names of its own that were taken away: what it has without being told. */
  #cleared: Set<string> | undefined
  /** Substitutions and texts around this one, which `set -x` of bash shows. */
  traceLevel = 0
  /** Files that are being sourced. */
  sourcing = 0
  /** Jobs of whose death somebody was told. */
  readonly told = new Set<number>()
  /** Loops around the running command, within its function. */
  loops = 0
  /** `$!` */
  lastJob: number | undefined
  /** Status of the last substitution in a command without a name. */
  substituted: number | undefined
  /** What process substitutions of the running command wrote, by the path they stand for. */
  readonly substitutions = new Map<string, ByteText>()
  /** Scripts of `>(...)` that wait for the running command to end, and what it has written for them. */
  readonly readers: { readonly path: string; readonly script: Script; readonly io: Streams; written: ByteText }[] = []
  /** Exit codes of the last pipeline. */
  pipeCodes: readonly number[] = [0]
  readonly parent: Shell | undefined

  constructor(setup: ShellSetup, parent?: Shell) {
    this.world = setup.world
    this.dialect = setup.dialect
    this.budget = setup.budget
    this.name = setup.name
    this.program = setup.program ?? 'sh'
    this.commandName = setup.commandName
    this.pid = setup.pid
    this.parentPid = parent?.parentPid ?? setup.parentPid ?? 0
    this.parent = parent
    this.variables = new Map(parent?.variables)
    this.arrays = new Map()
    for (const [name, array] of parent?.arrays ?? []) this.arrays.set(name, array.copy())
    this.exported = new Set(parent?.exported)
    this.readOnly = new Set(parent?.readOnly)
    this.functions = new Map(parent?.functions)
    this.options = parent === undefined ? { ...plainOptions } : { ...parent.options }
    // A subshell keeps what its parent ignores; its other traps are its own. Source: POSIX XCU 2.12.
    this.traps = new Map(
      [...(parent?.traps ?? [])].filter(
        ([name, action]) => action === '' || (parent !== undefined && isInherited(name, parent.options)),
      ),
    )
    this.directory = setup.directory
    this.positional = setup.positional
    this.depth = (parent?.depth ?? -1) + 1
    if (parent !== undefined) {
      this.status = parent.status
      this.line = parent.line
      this.lastJob = parent.lastJob
      this.loops = parent.loops
      this.isInteractive = parent.isInteractive
      this.optionIndex = parent.optionIndex
      this.optionPlace = parent.optionPlace
      if (parent.aliases !== undefined) this.aliases = new Map(parent.aliases)
      this.limits = parent.limits
      this.traceLevel = parent.traceLevel
      this.sourcing = parent.sourcing
      this.#cleared = parent.#cleared
      for (const [path, bytes] of parent.substitutions) this.substitutions.set(path, bytes)
      return
    }
    for (const [name, value] of setup.environment) {
      this.variables.set(name, value)
      this.exported.add(name)
    }
    this.variables.set('PWD', toByteText(this.directory))
    this.exported.add('PWD')
    this.variables.set('SHLVL', String(levelOf(this)))
    this.exported.add('SHLVL')
  }

  get umask(): number {
    return this.world.files.umask
  }

  set umask(mask: number) {
    this.world = { ...this.world, files: this.world.files.withUmask(mask) }
  }

  /** Names of all variables, of those that every shell has, too. */
  names(): readonly string[] {
    return [...new Set([...this.variables.keys(), ...standardNames(this)].filter((name) => !this.#isGone(name)))]
  }

  #isGone(name: string): boolean {
    return this.#cleared?.has(name) === true && !this.variables.has(name)
  }

  /** What a variable holds, those that every shell has among them; undefined: it is not set. */
  value(name: string): ByteText | undefined {
    const own = this.variables.get(name)
    return own ?? (this.#cleared?.has(name) === true ? undefined : standardValue(this, name))
  }

  /** Names of what programs find in their environment, and of what they would, were it set. */
  exportedNames(): string[] {
    // bash exports where it was before it was anywhere.
    return [...new Set([...this.exported, ...(this.dialect.name === 'bash' ? ['OLDPWD'] : [])])]
  }

  /** Asked before a function, a subshell or another script is begun; a mistake that repeats itself costs a lot. */
  goDeeper(): void {
    if (this.depth < this.budget.limits.depth) return
    this.budget.spendCommands(1000)
    throw new BudgetError('depth')
  }

  subshell(pid = this.pid): Shell {
    const { world, dialect, budget, name, program, commandName, directory, positional } = this
    return new Shell(
      { world, dialect, budget, name, program, commandName, directory, positional, pid, environment: new Map() },
      this,
    )
  }

  /** Goes on with what another shell of the same person knew: variables, functions and jobs. */
  takeOver(other: Shell): void {
    for (const [name, value] of other.variables) this.variables.set(name, value)
    for (const name of [...this.variables.keys()]) if (!other.variables.has(name)) this.variables.delete(name)
    this.arrays.clear()
    for (const [name, array] of other.arrays) this.arrays.set(name, array)
    this.exported.clear()
    for (const name of other.exported) this.exported.add(name)
    for (const name of other.readOnly) this.readOnly.add(name)
    for (const [name, body] of other.functions) this.functions.set(name, body)
    for (const [pid, job] of other.jobs) this.jobs.set(pid, job)
    this.lastJob = other.lastJob
    this.status = other.status
  }

  get(name: string): ByteText {
    return this.value(name) ?? ''
  }

  /** Sets a variable; false when it is read only. */
  set(name: string, value: ByteText): boolean {
    if (this.readOnly.has(name)) return false
    this.budget.hold(value.length)
    this.budget.spendBytes(value.length)
    const before = this.variables.get(name)?.length ?? 0
    // Small values are lost in what a shell takes anyway.
    if (value.length + before > 4096 && !this.world.takeMemory(value.length - before)) throw new BudgetError('killed')
    this.variables.set(name, value)
    this.arrays.get(name)?.set('0', value)
    if (this.options.exportsAll) this.exported.add(name)
    if (name === 'OPTIND') {
      this.optionIndex = Math.max(1, Number.parseInt(value, 10) || 1)
      this.optionPlace = 0
    }
    return true
  }

  unset(name: string): boolean {
    if (!this.unsetValue(name)) return false
    this.exported.delete(name)
    return true
  }

  /** Takes the value away, of an array with all elements; false when it is read only. */
  unsetValue(name: string): boolean {
    if (this.readOnly.has(name)) return false
    this.variables.delete(name)
    this.arrays.delete(name)
    if (standardValue(this, name) !== undefined) this.#cleared = new Set([...(this.#cleared ?? []), name])
    return true
  }

  /** What a variable is now, to be put back. */
  kept(name: string): KeptVariable {
    return { value: this.variables.get(name), array: this.arrays.get(name)?.copy() }
  }

  /** Puts back what a variable was. */
  restore(name: string, { value, array }: KeptVariable): void {
    if (value === undefined) this.variables.delete(name)
    else this.variables.set(name, value)
    if (array === undefined) this.arrays.delete(name)
    else this.arrays.set(name, array)
  }

  /** What a program started here finds. */
  environment(): Map<string, ByteText> {
    const environment = new Map<string, ByteText>()
    // Arrays are never exported.
    for (const [name, value] of this.variables)
      if (this.exported.has(name) && !this.arrays.has(name)) environment.set(name, value)
    return environment
  }

  /**
   * The absolute path, as text, of a path in byte text. Links and `..` are left to the file system: `.` is the directory
   * itself, even where the shell came into it through a link.
   */
  path(path: ByteText): string {
    const text = fromByteText(path)
    if (text.startsWith('/')) return text
    return `${this.directory === '/' ? '' : this.directory}/${text === '' ? '.' : text}`
  }

  /** The same without `.` and `..`, as `cd` and `pwd` reckon. */
  logicalPath(path: ByteText): string {
    return joinPath(this.path(path))
  }
}
