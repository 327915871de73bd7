import type { ContainerFiles, FsUser } from '../../fs/node-fs.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { type ByteText, toByteText } from '../../shell/byte-text.ts'
import type { firstPid, ProcessTable } from '../../shell/engine/process-table.ts'
import type { FileWatch } from '../../shell/file-watch.ts'
import type { ContainerNetwork } from '../../shell/net/network.ts'
import type { LiveInput, ProcessContext } from '../../shell/program.ts'
import { Terminal } from '../../shell/terminal.ts'
import type { ContainerEntry } from './container.ts'
import { bytesOf, environmentOf } from './container-environment.ts'
import { userOf } from './container-user.ts'

/** What processes ask of the runtime that runs their container. */
export interface ProcessHost {
  readonly kernel: Kernel
  /** Milliseconds since 1970. */
  epochNow(): number
  useMemory(entry: ContainerEntry, bytes: number): boolean
  randomBytes(entry: ContainerEntry, count: number): ByteText
  changed(entry: ContainerEntry, directory: string): Once<void>
  watch(entry: ContainerEntry, paths: readonly string[]): FileWatch
  network(entry: ContainerEntry, isInstant: boolean): ContainerNetwork | undefined
}

export interface ProcessStart {
  readonly argv: readonly string[]
  /** 1 for the main process, which its container knows; undefined: the next that is free. */
  readonly pid?: typeof firstPid
  readonly stdin: ByteText
  readonly input?: LiveInput | undefined
  /** It has to come to its end at the instant at which it begins. */
  readonly isInstant?: boolean
  /** Where it writes; absent: into the container's log. */
  readonly write?: ProcessContext['write']
}

/** A process of a container. A class, for there are very many that rest: what few of them look at is worked out when they do. */
export class ContainerProcess implements ProcessContext {
  readonly argv: readonly string[]
  readonly pid: number
  readonly stdin: ByteText
  readonly input: LiveInput | undefined
  kept: object | undefined
  readonly #entry: ContainerEntry
  readonly #host: ProcessHost
  readonly #write: ProcessContext['write'] | undefined
  readonly #isInstant: boolean
  #env: ReadonlyMap<string, string> | undefined

  constructor(host: ProcessHost, entry: ContainerEntry, start: ProcessStart) {
    this.#host = host
    this.#entry = entry
    this.argv = start.argv
    this.stdin = start.stdin
    this.input = start.input
    this.kept = undefined
    this.#write = start.write
    this.#isInstant = start.isInstant === true
    this.pid = start.pid ?? entry.processes.enter(this)
  }

  get kernel(): Kernel {
    return this.#host.kernel
  }

  get files(): ContainerFiles {
    return this.#entry.files
  }

  get processes(): ProcessTable {
    return this.#entry.processes
  }

  get hostname(): string {
    return this.#entry.hostname
  }

  get env(): ReadonlyMap<string, string> {
    this.#env ??= environmentOf(this.#entry)
    return this.#env
  }

  /** As a list of processes shows it. */
  get command(): ByteText {
    return toByteText(this.argv.join(' '))
  }

  /** As /proc/PID/environ has it. */
  get environment(): ReadonlyMap<string, ByteText> {
    return bytesOf(this.env)
  }

  get workingDir(): string {
    const { config, image } = this.#entry
    return config.workingDir !== '' ? config.workingDir : image.workingDir
  }

  get user(): FsUser {
    const { config, image } = this.#entry
    return userOf(config, image)
  }

  epochNow(): number {
    return this.#host.epochNow()
  }

  write(stream: 'stdout' | 'stderr', bytes: ByteText): void {
    if (this.#write === undefined) this.writeLog(stream, bytes)
    else this.#write(stream, bytes)
  }

  writeLog(stream: 'stdout' | 'stderr', bytes: ByteText): void {
    const { console, log } = this.#entry
    const now = this.#host.kernel.now()
    // A terminal is one stream.
    if (console?.isTerminal === true) log.write(now, 'stdout', Terminal.shown(bytes))
    else log.write(now, stream, bytes)
  }

  useMemory(bytes: number): boolean {
    return this.#host.useMemory(this.#entry, bytes)
  }

  randomBytes(count: number): ByteText {
    return this.#host.randomBytes(this.#entry, count)
  }

  changed(directory: string): Once<void> {
    return this.#host.changed(this.#entry, directory)
  }

  watch(paths: readonly string[]): FileWatch {
    return this.#host.watch(this.#entry, paths)
  }

  get network(): ContainerNetwork | undefined {
    return this.#host.network(this.#entry, this.#isInstant)
  }
}
