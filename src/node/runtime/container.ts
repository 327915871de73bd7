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
  /** Made when somebody first works with it: most main processes rest. */
  #context: (ProcessContext & OtherProcess) | undefined
  /** Its first process's input, where somebody may attach to it. */
  console: OpenInput | undefined
  memoryBytes = 0
  /** Made when somebody first writes or reads. */
  #log: LogBuffer | undefined
  #processes: ProcessTable | undefined
  #life: Scope | undefined
  /** Its main process; undefined of one that rests until it is stopped. */
  main: Unsubscribable | undefined
  #commandsEnd: Subject<number> | undefined
  #ended: Subject<void> | undefined
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
    if (this.hasBegun) this.#context ??= this.#host.mainProcess(this)
    return this.#context
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
    this.#life ??= new Scope()
    return this.#life
  }

  get hostname(): string {
    return this.config.hostname ?? this.sandbox.podName
  }

  get log(): LogBuffer {
    this.#log ??= new LogBuffer()
    return this.#log
  }

  /** Nothing was ever written, and nobody follows. */
  get isSilent(): boolean {
    return this.#log === undefined
  }

  /** Its processes; there are none before it has started. */
  get processes(): ProcessTable {
    if (this.#processes === undefined) {
      this.#processes = this.#host.processesOf(this)
      // Most first processes start no other, and nobody looks at them.
      if (this.context !== undefined) this.#processes.enter(this.context, firstPid)
    }
    return this.#processes
  }

  /** Its main process waits until it is stopped. */
  rests(): void {
    this.main = undefined
    if (this.#life?.size === 0) this.#life = undefined
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
    this.#commandsEnd ??= new Subject()
    return this.#commandsEnd
  }

  /** Whether it has ended: what happens to it may end it within a call. */
  get hasExited(): boolean {
    return this.state === 'exited'
  }

  /** Tells of its end, unless that is over. */
  get ended(): Observable<void> {
    this.#ended ??= new Subject()
    return this.#ended
  }

  /** It has ended: whoever waits for that is told, and nothing of it goes on. */
  end(commandsExitCode: number): void {
    this.life.end()
    this.#commandsEnd?.next(commandsExitCode)
    this.#processes?.endAll()
    this.#ended?.next()
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
