import { type Observable, Subject, type Unsubscribable } from 'rxjs'
import type {
  ContainerFiles,
  ContainerOwner,
  ContainerParts,
  FileOwner,
  Later,
  OwnFile,
  TmpfsPayer,
} from '../../fs/node-fs.ts'
import { Scope } from '../../kernel/scope.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { firstPid, type OtherProcess, type ProcessTable } from '../../shell/engine/process-table.ts'
import type {
  ImageDefinition,
  OpenInput,
  ProbeAnswer,
  ProbeRequest,
  ProcessContext,
  Program,
} from '../../shell/program.ts'
import type { ContainerConfig, GivenResources, LiveContainer, PodSandbox, RuntimeContainer } from './cri.ts'
import { LogBuffer } from './log-buffer.ts'
import { ownFilesOf } from './own-files.ts'

/** What a container asks of who runs it. */
export interface EntryHost {
  processesOf(entry: ContainerEntry): ProcessTable
  /** False when the container is out of memory. */
  takeMemory(entry: ContainerEntry, bytes: number): boolean
  wroteToDisk(entry: ContainerEntry): void
  partsOf(entry: ContainerEntry): ContainerParts
  filesOf(entry: ContainerEntry): ContainerFiles
  lookUp(entry: ContainerEntry): void
  /** Makes what its main process works with. */
  mainProcess(entry: ContainerEntry): ProcessContext & OtherProcess
}

/** Nobody listens there. */
export function refusedProbe(ip: string, port: number): ProbeAnswer {
  return { ok: false, output: `dial tcp ${ip}:${port}: connect: connection refused` }
}

/** What may change of a container. */
type Becoming = Pick<RuntimeContainer, 'state' | 'startedAt' | 'finishedAt' | 'exitCode' | 'reason' | 'message'>

/** What only a container has with which somebody works: most rest, once they have started. */
class Busy {
  /** Made when somebody first works with its main process. */
  context: (ProcessContext & OtherProcess) | undefined
  console: OpenInput | undefined
  /** Made when somebody first writes or reads. */
  log: LogBuffer | undefined
  processes: ProcessTable | undefined
  life: Scope | undefined
  main: Unsubscribable | undefined
  commandsEnd: Subject<number> | undefined
  ended: Subject<void> | undefined

  get isEmpty(): boolean {
    const { context, console, log, processes, life, main, commandsEnd, ended } = this
    const any = context ?? console ?? log ?? processes ?? life ?? main ?? commandsEnd ?? ended
    return any === undefined
  }
}

/** What the runtime knows of one container. A class, for there are very many; its public part is `RuntimeContainer`. */
export class ContainerEntry implements LiveContainer, TmpfsPayer, FileOwner, ContainerOwner {
  /** What it is at this moment, for who keeps that: another one when it changes. */
  now: RuntimeContainer
  readonly sandbox: PodSandbox
  readonly image: ImageDefinition
  /** For the file system. */
  tree: Later | undefined
  program: Program | undefined
  /** Its main process has started. */
  hasBegun = false
  memoryBytes = 0
  /** Made for the first who needs any of it. */
  #busy: Busy | undefined
  readonly #host: EntryHost

  constructor(known: {
    readonly id: string
    readonly config: ContainerConfig
    readonly sandbox: PodSandbox
    readonly image: ImageDefinition
    readonly imageId: string
    readonly createdAt: VirtualMs
    readonly host: EntryHost
  }) {
    const { id, config, createdAt, imageId } = known
    this.now = {
      id,
      config,
      state: 'created',
      createdAt,
      startedAt: undefined,
      finishedAt: undefined,
      exitCode: undefined,
      reason: undefined,
      message: undefined,
      imageId,
    }
    this.sandbox = known.sandbox
    this.image = known.image
    this.#host = known.host
  }

  /** A view at each look: what lasts is in its tree. */
  get files(): ContainerFiles {
    return this.#host.filesOf(this)
  }

  parts(): ContainerParts {
    return this.#host.partsOf(this)
  }

  carryOut(): void {
    this.#host.lookUp(this)
  }

  /** From now on it is this. */
  becomes({ state, startedAt, finishedAt, exitCode, reason, message }: Becoming): void {
    const { id, config, createdAt, imageId } = this.now
    this.now = { id, config, state, createdAt, startedAt, finishedAt, exitCode, reason, message, imageId }
  }

  /** From now on it runs with this. */
  isGiven(resources: GivenResources): void {
    this.now = { ...this.now, config: { ...this.now.config, ...resources } }
  }

  get id(): string {
    return this.now.id
  }

  get config(): ContainerConfig {
    return this.now.config
  }

  get state(): RuntimeContainer['state'] {
    return this.now.state
  }

  get createdAt(): VirtualMs {
    return this.now.createdAt
  }

  get startedAt(): VirtualMs | undefined {
    return this.now.startedAt
  }

  get finishedAt(): VirtualMs | undefined {
    return this.now.finishedAt
  }

  get exitCode(): number | undefined {
    return this.now.exitCode
  }

  get reason(): string | undefined {
    return this.now.reason
  }

  get message(): string | undefined {
    return this.now.message
  }

  get imageId(): string {
    return this.now.imageId
  }

  /** What its main process works with, once it has started. */
  get context(): (ProcessContext & OtherProcess) | undefined {
    if (this.hasBegun) this.#work.context ??= this.#host.mainProcess(this)
    return this.#busy?.context
  }

  get #work(): Busy {
    this.#busy ??= new Busy()
    return this.#busy
  }

  /** Its first process's input, where somebody may attach to it. */
  get console(): OpenInput | undefined {
    return this.#busy?.console
  }

  set console(console: OpenInput | undefined) {
    if (console !== undefined || this.#busy !== undefined) this.#work.console = console
  }

  /** Its main process; undefined of one that rests until it is stopped. */
  get main(): Unsubscribable | undefined {
    return this.#busy?.main
  }

  set main(main: Unsubscribable) {
    this.#work.main = main
  }

  /** What a probe of one of its ports finds. */
  probe(request: ProbeRequest): ProbeAnswer {
    const context = this.state === 'running' ? this.context : undefined
    const answer = context && this.program?.probe?.(context, request)
    return answer ?? refusedProbe(this.sandbox.ip, request.port)
  }

  get writtenBytes(): number {
    return this.files.writtenBytes
  }

  /** What must not outlive it: its main process, killers on their way. Of most containers there is nothing. */
  get life(): Scope {
    this.#work.life ??= new Scope()
    return this.#work.life
  }

  get hostname(): string {
    return this.config.hostname ?? this.sandbox.podName
  }

  get log(): LogBuffer {
    this.#work.log ??= new LogBuffer()
    return this.#work.log
  }

  /** Nothing was ever written, and nobody follows. */
  get isSilent(): boolean {
    return this.#busy?.log === undefined
  }

  /** Its processes; there are none before it has started. */
  get processes(): ProcessTable {
    const work = this.#work
    if (work.processes === undefined) {
      work.processes = this.#host.processesOf(this)
      // Most first processes start no other, and nobody looks at them.
      if (this.context !== undefined) work.processes.enter(this.context, firstPid)
    }
    return work.processes
  }

  /** Its main process waits until it is stopped. */
  rests(): void {
    const work = this.#busy
    if (work === undefined) return
    work.main = undefined
    if (work.life?.size === 0) work.life = undefined
    if (work.isEmpty) this.#busy = undefined
  }

  ownFiles(): readonly OwnFile[] {
    return ownFilesOf(this)
  }

  takeTmpfs(bytes: number): void {
    this.#host.takeMemory(this, bytes)
  }

  wroteToDisk(): void {
    this.#host.wroteToDisk(this)
  }

  /** Tells commands that run in it that they end, and with which code, before anybody else hears of its end. */
  get commandsEnd(): Observable<number> {
    this.#work.commandsEnd ??= new Subject()
    return this.#work.commandsEnd
  }

  /** Whether it has ended: what happens to it may end it within a call. */
  get hasExited(): boolean {
    return this.state === 'exited'
  }

  /** Tells of its end, unless that is over. */
  get ended(): Observable<void> {
    this.#work.ended ??= new Subject()
    return this.#work.ended
  }

  /** It has ended: whoever waits for that is told, and nothing of it goes on. */
  end(commandsExitCode: number): void {
    this.life.end()
    this.#busy?.commandsEnd?.next(commandsExitCode)
    this.#busy?.processes?.endAll()
    this.#busy?.ended?.next()
  }

  /** Program and arguments: the Pod's, or where it has none the image's; once it runs, what its entrypoint has become. */
  get argv(): readonly string[] {
    if (this.program?.argv !== undefined) return this.program.argv
    const { command, args } = this.config
    if (command.length > 0) return joined(command, args)
    return joined(this.image.entrypoint, args.length > 0 ? args : this.image.cmd)
  }
}

/** Processes keep what this gives, so none has room to spare, and what is there already is no list of its own. */
function joined(program: readonly string[], args: readonly string[]): readonly string[] {
  if (args.length === 0) return program
  if (program.length === 0) return args
  if (program !== last.program || args !== last.args) last = { program, args, whole: program.concat(args) }
  return last.whole
}

/** Containers of one image start one after the other: remembering the last answer gives them one list, and changes nothing. */
let last: Record<'program' | 'args' | 'whole', readonly string[]> = { program: [], args: [], whole: [] }
