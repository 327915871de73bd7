/** The shell of a person's terminal: bash with GNU's tools, on files in memory (C3). Nothing real is reached. */
import type { FileView, FsUser } from '../fs/node-fs.ts'
import type { EpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Once } from '../kernel/once.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type ByteText, bytesToByteText, fromByteText, toByteText } from './byte-text.ts'
import { Budget, type Limits, standardLimits } from './engine/budget.ts'
import { markCalled } from './engine/builtins/set.ts'
import { bash } from './engine/dialect.ts'
import { engine } from './engine/interpreter.ts'
import { guarded, handlerOf } from './engine/jobs.ts'
import { type Job, ProcessTable } from './engine/process-table.ts'
import { Shell, type ShellWorld, type WorldProgram } from './engine/shell.ts'
import { BufferSink, Input, Streams } from './engine/streams.ts'
import { runShell } from './tools/nested-shell.ts'

/** All that a command line can reach. */
export interface CommandLineHost {
  readonly kernel: Kernel
  readonly files: FileView
  readonly user: FsUser
  /** Where it stands at first. */
  readonly directory: string
  readonly environment: ReadonlyMap<string, string>
  /** The wall clock of the machine that the commands run on. */
  epochNow(): EpochMs
  randomBytes(count: number): ByteText
  /** Lets that much virtual time pass. */
  after(ms: VirtualMs): Once<void>
  /** Programs beside the tools: kubectl, etcdctl. */
  program(name: string): WorldProgram | undefined
  /** What one line may use, where that is not what it is elsewhere. */
  readonly limits?: Limits
}

/** What a command line printed, decoded as UTF-8, and how it ended. */
export interface CommandLineResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** A line that was started. */
export interface RunningLine {
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
  /** What it has printed so far. */
  result(): CommandLineResult
  /** Ends it as ctrl-C would. */
  stop(): void
}

/** What a line is started with. */
export interface LineOptions {
  readonly stdin?: Uint8Array
  /** `$1` and so on. */
  readonly positional?: readonly string[]
  /** Programs of this line, in place of the host's. */
  readonly program?: CommandLineHost['program']
}

interface Line {
  readonly text: ByteText
  readonly budget: Budget
  readonly positional: readonly ByteText[]
  readonly program: LineOptions['program']
}

/** A line never ends by itself when it sleeps in a loop, so that the commands of one line are counted too. */
export const lineLimits: Limits = {
  ...standardLimits,
  commands: 100_000,
  commandsPerInstant: 100_000,
  shownPerInstant: 16 << 20,
}
/** Of a command that ctrl-C ended: 128 and SIGINT. */
export const interruptedCode = 130

/** One terminal. Variables, functions, directory and jobs last from one line to the next. */
export class CommandLine {
  readonly #host: CommandLineHost
  readonly #processes: ProcessTable
  readonly #world: ShellWorld
  readonly #environment: ReadonlyMap<string, ByteText>
  #last: Shell | undefined

  constructor(host: CommandLineHost) {
    this.#host = host
    this.#processes = new ProcessTable(host.kernel, 1)
    this.#environment = new Map([...host.environment].map(([name, value]) => [name, toByteText(value)]))
    const { kernel, files, user } = host
    this.#world = {
      kernel,
      files,
      user,
      hostname: 'workstation',
      processes: this.#processes,
      epochNow: () => host.epochNow(),
      randomBytes: (count) => host.randomBytes(count),
      takeMemory: () => true,
      after: (ms) => host.after(ms),
      program: (name) => host.program(name),
    }
  }

  /** Starts a script and lets it go as far as it gets without time passing. */
  start(script: string, { stdin, positional = [], program }: LineOptions = {}): RunningLine {
    const budget = new Budget(this.#host.limits ?? lineLimits, () => this.#host.kernel.now())
    const sinks = [
      new BufferSink((length) => budget.spendShownTotal(length)),
      new BufferSink((length) => budget.spendShownTotal(length)),
    ] as const
    const input = stdin === undefined ? Input.unconnected() : new Input(bytesToByteText(stdin))
    const streams = new Streams(input, ...sinks)
    const job = this.#processes.start('bash', (own) =>
      this.#run(own, { text: toByteText(script), budget, positional: positional.map(toByteText), program }, streams),
    )
    return new StartedLine(job, ...sinks)
  }

  *#run(job: Job, { text, budget, positional, program }: Line, streams: Streams) {
    const last = this.#last
    const directory = last?.directory ?? this.#host.directory
    const shell = new Shell({
      world: program === undefined ? this.#world : { ...this.#world, program },
      dialect: bash,
      budget,
      name: 'bash',
      pid: job.pid,
      directory,
      environment: this.#environment,
      positional,
    })
    markCalled(shell, 'c')
    if (last !== undefined) shell.takeOver(last)
    this.#last = shell
    job.handler = handlerOf(shell)
    return yield* guarded(shell, streams, runShell({ shell, text, origin: '-c' }, streams, engine))
  }
}

/** A class: a literal with a getter would keep its simulation alive (docs/decisions/0011-what-is-made-in-crowds.md). */
class StartedLine implements RunningLine {
  readonly #job: Job
  readonly #stdout: BufferSink
  readonly #stderr: BufferSink

  constructor(job: Job, stdout: BufferSink, stderr: BufferSink) {
    this.#job = job
    this.#stdout = stdout
    this.#stderr = stderr
  }

  get exitCode(): number | undefined {
    return this.#job.code
  }

  result(): CommandLineResult {
    const [stdout, stderr] = [fromByteText(this.#stdout.text()), fromByteText(this.#stderr.text())]
    return { stdout, stderr, exitCode: this.#job.code ?? 0 }
  }

  stop(): void {
    this.#job.kill(interruptedCode)
  }
}
