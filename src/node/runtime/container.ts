import type { ContainerFiles } from '../../fs/node-fs.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ProcessTable } from '../../shell/engine/process-table.ts'
import type { ImageDefinition, Program } from '../../shell/program.ts'
import type { ContainerProcess } from './container-task.ts'
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
  task: ContainerProcess | undefined
  memoryBytes = 0
  /** Made with the first process. */
  processes: ProcessTable | undefined
  readonly log = new LogBuffer()
  /** Other commands that run in it. */
  readonly execs = new Set<{ end(): void }>()
  /** Who waits for its end. */
  readonly whenExited: (() => void)[] = []

  constructor(known: {
    readonly id: string
    readonly config: ContainerConfig
    readonly sandbox: PodSandbox
    readonly image: ImageDefinition
    readonly imageId: string
    readonly files: ContainerFiles
    readonly createdAt: VirtualMs
  }) {
    this.id = known.id
    this.config = known.config
    this.sandbox = known.sandbox
    this.image = known.image
    this.imageId = known.imageId
    this.files = known.files
    this.createdAt = known.createdAt
  }

  /** Program and arguments: the Pod's, or where it has none the image's. */
  get argv(): readonly string[] {
    const { command, args } = this.config
    if (command.length > 0) return [...command, ...args]
    return [...this.image.entrypoint, ...(args.length > 0 ? args : this.image.cmd)]
  }
}
