import { type Observable, Subject, type Unsubscribable } from 'rxjs'
import type { ContainerFiles } from '../../fs/node-fs.ts'
import { Scope } from '../../kernel/scope.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ProcessTable } from '../../shell/engine/process-table.ts'
import type { ImageDefinition, OpenInput, ProcessContext, Program } from '../../shell/program.ts'
import type { ContainerConfig, PodSandbox, RuntimeContainer } from './cri.ts'
import { LogBuffer } from './log-buffer.ts'

/** What the runtime knows of one container. A class, for there are very many; its public part is `RuntimeContainer`. */
export class ContainerEntry implements RuntimeContainer {
  readonly id: string
  readonly config: ContainerConfig
  readonly sandbox: PodSandbox
  readonly image: ImageDefinition
  readonly imageId: string
  readonly files: ContainerFiles
  readonly createdAt: VirtualMs
  state: RuntimeContainer['state'] = 'created'
  startedAt: VirtualMs | undefined
  finishedAt: VirtualMs | undefined
  exitCode: number | undefined
  reason: string | undefined
  message: string | undefined
  program: Program | undefined
  /** What its main process works with, once it has started. */
  context: ProcessContext | undefined
  /** Its first process's input, where somebody may attach to it. */
  console: OpenInput | undefined
  memoryBytes = 0
  /** Made when somebody first writes or reads. */
  #log: LogBuffer | undefined
  #processes: ProcessTable | undefined
  /** What must not outlive it: its main process, killers on their way. */
  readonly life = new Scope()
  /** Its main process. */
  main: Unsubscribable | undefined
  #commandsEnd: Subject<number> | undefined
  #ended: Subject<void> | undefined
  readonly #makeProcesses: (entry: ContainerEntry) => ProcessTable

  constructor(known: {
    readonly id: string
    readonly config: ContainerConfig
    readonly sandbox: PodSandbox
    readonly image: ImageDefinition
    readonly imageId: string
    readonly files: ContainerFiles
    readonly createdAt: VirtualMs
    readonly makeProcesses: (entry: ContainerEntry) => ProcessTable
  }) {
    this.id = known.id
    this.config = known.config
    this.sandbox = known.sandbox
    this.image = known.image
    this.imageId = known.imageId
    this.files = known.files
    this.createdAt = known.createdAt
    this.#makeProcesses = known.makeProcesses
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
    this.#processes ??= this.#makeProcesses(this)
    return this.#processes
  }

  /** Tells commands that run in it that they end, and with which code, before anybody else hears of its end. */
  get commandsEnd(): Observable<number> {
    this.#commandsEnd ??= new Subject()
    return this.#commandsEnd
  }

  /** Tells of its end. */
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

  /** Program and arguments: the Pod's, or where it has none the image's. */
  get argv(): readonly string[] {
    const { command, args } = this.config
    if (command.length > 0) return [...command, ...args]
    return [...this.image.entrypoint, ...(args.length > 0 ? args : this.image.cmd)]
  }
}
