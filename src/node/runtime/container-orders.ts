import type { Unsubscribable } from 'rxjs'
import type { ContainerParts } from '../../fs/node-fs.ts'
import { after } from '../../kernel/after.ts'
import { atOnce } from '../../kernel/at-once.ts'
import { firstOf } from '../../kernel/first-of.ts'
import type { Once } from '../../kernel/once.ts'
import { ordered } from '../../kernel/ordered.ts'
import { process } from '../../kernel/process.ts'
import type { Tell } from '../../kernel/record-table.ts'
import { Scope } from '../../kernel/scope.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../../shell/byte-text.ts'
import { firstPid, ProcessTable } from '../../shell/engine/process-table.ts'
import { exitAfter, type ProbeAnswer, type ProbeRequest, type ProcessContext } from '../../shell/program.ts'
import { mountText, outputOf, withoutValues } from './command-texts.ts'
import { attachTo, consoleOf } from './console.ts'
import { ContainerEntry, type EntryHost, refusedProbe } from './container.ts'
import { isTooLong, variableWithNul } from './container-environment.ts'
import { ContainerHost } from './container-host.ts'
import { ContainerProcess, type ProcessHost, type ProcessStart } from './container-process.ts'
import { runToEnd } from './container-task.ts'
import { userOf } from './container-user.ts'
import type {
  Attachment,
  ContainerConfig,
  ExecBytes,
  ExecResult,
  ExecSession,
  LiveContainer,
  PodSandbox,
  RuntimeResult,
} from './cri.ts'
import type { RuntimeKind, StartRefusal } from './error-texts.ts'
import { daemonError, execErrorText, grpcPrefix, nulRefusedText, startRefusedText } from './error-texts.ts'
import { collected, execRefusal, executable, refusedSession } from './exec-refusal.ts'
import type { ImageStore } from './image-store.ts'
import type { LogLine } from './log-buffer.ts'
import { MainProcess } from './main-process.ts'
import { MemoryUse } from './memory-use.ts'
import { creationRefusal, mountRefusal } from './mount-refusal.ts'
import { lastWordOf } from './own-files.ts'
import type { RuntimeRecords } from './records.ts'
import type { RootFiles } from './root-files.ts'
import type { RuntimeNote, RuntimeOptions } from './runtime-options.ts'
import { execEnd, execError, mayAnswer, startEnd, startOf } from './start-refusal.ts'

/** What the container half asks of the whole runtime. */
export interface OrderHost {
  hexId(name: string): string
  readonly note: Tell<RuntimeRecords, RuntimeNote | undefined>
  readonly rootFiles: RootFiles
  /** Something of the Pod is another. */
  touch(podUid: string): void
  sandbox(id: string): PodSandbox | undefined
}

const killedExitCode = 137
const done: RuntimeResult = { ok: true, value: undefined }
const [signalTerm, signalKill] = [15, 9]

/** The container half of the runtime. */
export class ContainerOrders {
  readonly #options: RuntimeOptions
  readonly #kind: RuntimeKind
  readonly #images: ImageStore
  readonly #runtime: OrderHost
  readonly #containers = new SparseMap<string, ContainerEntry>()
  readonly #byPod = new SparseMap<string, readonly ContainerEntry[]>()
  /** Orders on their way: those of a runtime, not of the kubelet that gave them. */
  readonly #scope = new Scope()
  readonly #entryHost: EntryHost = {
    processesOf: (entry) => this.#processesOf(entry),
    takeMemory: (entry, bytes) => this.#useMemory(entry, bytes),
    wroteToDisk: ({ config }) => this.#options.heed?.wroteToDisk(config.podUid),
    partsOf: (entry) => this.#partsOf(entry),
    filesOf: (entry) => this.#options.fs.viewOf(entry, { user: userOf(entry.config, entry.image), payer: entry }),
    lookUp: (entry) => this.#options.fs.lookUp(entry),
    mainProcess: (entry) => this.#process(entry, { argv: entry.argv, pid: firstPid, stdin: '', input: entry.console }),
  }
  readonly #mainEnded = (entry: ContainerEntry, exitCode: number): void => this.#exit(entry, exitCode)
  #host: ProcessHost | undefined
  readonly inUse: MemoryUse

  constructor(options: RuntimeOptions, kind: RuntimeKind, images: ImageStore, runtime: OrderHost) {
    this.#options = options
    this.#kind = kind
    this.#images = images
    this.#runtime = runtime
    this.inUse = new MemoryUse(options.heed)
  }

  ofPod(podUid: string): readonly ContainerEntry[] {
    return this.#byPod.get(podUid) ?? []
  }

  find(id: string): ContainerEntry | undefined {
    return this.#containers.get(id)
  }

  memoryBytes(id: string): number {
    const entry = this.find(id)
    return entry?.state === 'running' ? entry.memoryBytes : 0
  }

  podUids(): Iterable<string> {
    return this.#byPod.keys()
  }

  logs(id: string): readonly LogLine[] {
    const entry = this.#containers.get(id)
    return entry === undefined || entry.isSilent ? [] : entry.log.lines()
  }

  create(config: ContainerConfig): Once<RuntimeResult<LiveContainer>> {
    return this.#ordered(() => this.#create(config))
  }

  start(id: string): Once<RuntimeResult> {
    // After the answer: the kubelet tells of the start before anything that the program does.
    return ordered(
      this.#scope,
      process(this.#options.kernel, () => this.#start(id)),
      ({ ok }) => {
        const entry = this.#containers.get(id)
        if (ok && entry !== undefined) this.#runMain(entry)
      },
    )
  }

  stop(id: string, graceSeconds: number): Once<RuntimeResult> {
    return this.#ordered(() => this.#stop(id, graceSeconds))
  }

  remove(id: string): Once<RuntimeResult> {
    return atOnce(() => this.#remove(id))
  }

  execInTime(id: string, argv: readonly string[]): Once<RuntimeResult<ExecResult>> {
    return process(this.#options.kernel, () => this.#execInTime(id, argv))
  }

  /** Ends what runs in a sandbox, or one container, at once. */
  killAll(id: string, exitCode: number, reason?: string): void {
    for (const [own, entry] of this.#containers)
      if (own === id || entry.config.sandboxId === id) this.#end(entry, exitCode, reason)
  }

  exec(id: string, argv: readonly string[], stdin: ByteText): RuntimeResult<ExecBytes> {
    const entry = this.#containers.get(id)
    if (entry?.state !== 'running') return this.#fail(`container not running (${id})`)
    const program = executable(this.#kind, entry, argv)
    if (typeof program === 'string') return this.#execRefused(id, argv, program)
    const { written, write } = collected()
    const context = this.#process(entry, { argv, stdin, write, isInstant: true })
    const result = runToEnd(this.#options.kernel, program, context, () => written)
    entry.processes.leave(context.pid)
    return result
  }

  openExec(id: string, argv: readonly string[], session: ExecSession): RuntimeResult<Unsubscribable> {
    const { kernel } = this.#options
    const entry = this.#containers.get(id)
    if (entry?.state !== 'running') return this.#fail(`container not running (${id})`)
    const program = executable(this.#kind, entry, argv)
    if (typeof program === 'string') return refusedSession(this.#execRefused(id, argv, program), session)
    const write: ProcessContext['write'] = (stream, bytes) => session.write(stream, bytes)
    const context = this.#process(entry, { argv, stdin: '', input: session.input, write })
    const command = process(kernel, () => program.run(context))
    const leave = (): void => entry.processes.leave(context.pid)
    const running = firstOf<number>(command, entry.commandsEnd).subscribe((exitCode) => {
      leave()
      session.ended(exitCode ?? killedExitCode)
    })
    const unsubscribe = (): void => {
      running.unsubscribe()
      leave()
    }
    return { ok: true, value: { unsubscribe } }
  }

  attach(id: string, session: Omit<ExecSession, 'input'>): Attachment | undefined {
    const entry = this.#containers.get(id)
    return entry?.state === 'running' ? attachTo(entry, session) : undefined
  }

  followLogs(id: string, heard: (line: LogLine | undefined) => void): Unsubscribable {
    const entry = this.#containers.get(id)
    return entry === undefined ? { unsubscribe: () => {} } : entry.log.follow(heard)
  }

  probe(id: string, request: ProbeRequest): ProbeAnswer {
    return this.#containers.get(id)?.probe(request) ?? refusedProbe('', request.port)
  }

  #ordered<T>(steps: () => Steps<T>): Once<T> {
    return ordered(this.#scope, process(this.#options.kernel, steps))
  }

  *#create(config: ContainerConfig): Steps<RuntimeResult<LiveContainer>> {
    const { kernel, timings, fs } = this.#options
    yield* sleep(timings.createContainerMs)
    const sandbox = this.#runtime.sandbox(config.sandboxId)
    const stored = this.#images.find(config.image)
    if (sandbox === undefined) return this.#fail(`sandbox "${config.sandboxId}" not found`)
    if (stored === undefined) return this.#fail(`No such image: ${config.image}`)
    const refused = creationRefusal(this.#kind, config, stored.definition)
    if (refused !== undefined) return { ok: false, message: refused }
    const entry = new ContainerEntry({
      id: this.#runtime.hexId(`${config.podUid}/${config.name}/${config.attempt}/${sandbox.attempt}`),
      config,
      sandbox,
      image: stored.definition,
      imageId: stored.record.id,
      createdAt: kernel.now(),
      host: this.#entryHost,
    })
    fs.bind(entry, config.mounts)
    this.#containers.set(entry.id, entry)
    const siblings = this.#byPod.get(config.podUid)
    this.#byPod.set(config.podUid, siblings === undefined ? [entry] : siblings.concat(entry))
    this.#runtime.note('container.create', sandbox, {
      container: config.name,
      attempt: config.attempt,
      command: withoutValues(config),
      mounts: config.mounts.map(mountText),
      env: config.env.map(({ name }) => name),
    })
    this.#runtime.touch(config.podUid)
    return { ok: true, value: entry }
  }

  *#start(id: string): Steps<RuntimeResult> {
    const { kernel, timings } = this.#options
    const kind = this.#kind
    yield* sleep(timings.startContainerMs)
    const entry = this.#containers.get(id)
    if (entry === undefined) return this.#fail(`No such container: ${id}`)
    const unmountable = mountRefusal(kind, entry, this.#options.fs, () => this.#runtime.hexId(`layer/${id}`))
    if (unmountable !== undefined) return this.#refuse(entry, unmountable.cause, unmountable.text)
    const [command = ''] = entry.argv
    const duty = entry.config.isExpectedToEnd === true ? 'task' : 'serve'
    const { program, refusal, isEntrypoint = false } = startOf(entry, command, kind, duty)
    if (program === undefined) {
      const text =
        entry.argv.length === 0 || refusal === undefined
          ? `failed to start container "${id}": Error response from daemon: No command specified`
          : startRefusedText(kind, id, command, refusal)
      return this.#refuse(entry, entry.argv.length === 0 ? undefined : refusal, text)
    }
    const nul = variableWithNul(entry.config.env)
    if (nul !== undefined) return this.#refuse(entry, undefined, nulRefusedText(kind, id, nul.name, nul.value))
    const ownCause = isEntrypoint ? undefined : execError(entry, command)
    const cause = isTooLong(entry.config.env) ? 'argument list too long' : ownCause
    entry.program = cause === undefined ? program : exitAfter(0, execEnd(kind), { afterMs: 0, exitCode: 1 })
    // It is runc's own first process that says why it could not become the program.
    if (cause !== undefined) entry.log.write(kernel.now(), 'stderr', toByteText(execErrorText(kind, command, cause)))
    entry.becomes({ ...entry.now, state: 'running', startedAt: kernel.now() })
    this.inUse.started()
    this.#runtime.note('container.start', entry.sandbox, {
      container: entry.config.name,
      attempt: entry.config.attempt,
    })
    this.#runtime.touch(entry.config.podUid)
    entry.console = consoleOf(entry, kernel)
    entry.hasBegun = true
    return done
  }

  #refuse(entry: ContainerEntry, refusal: Parameters<typeof startEnd>[1], text: string): RuntimeResult<never> {
    const { exitCode, reason } = startEnd(this.#kind, refusal)
    entry.becomes({ ...entry.now, message: daemonError(text) })
    this.#exit(entry, exitCode, reason)
    // Of one that never ran docker says when it was made. Source: dockershim/docker_container.go, ContainerStatus, case 2.
    if (this.#kind === 'docker') entry.becomes({ ...entry.now, finishedAt: entry.createdAt })
    return this.#fail(text)
  }

  #runMain(entry: ContainerEntry): void {
    entry.main = entry.life.add(new MainProcess(this.#options.kernel, entry, this.#mainEnded))
  }

  *#stop(id: string, graceSeconds: number): Steps<RuntimeResult> {
    const { kernel } = this.#options
    const entry = this.#containers.get(id)
    if (entry?.state !== 'running') return done
    const { name: container, attempt } = entry.config
    this.#runtime.note('container.stop', entry.sandbox, { container, attempt, timeoutSeconds: graceSeconds })
    this.#signal(entry, signalTerm)
    if (entry.hasExited) return done // a trap ended it at once
    // The killer waits even if the program promised to end in time: what it promised may change.
    entry.life.start(after(kernel, Math.max(0, graceSeconds) * 1000), () => this.#end(entry, killedExitCode))
    yield* wait(entry.ended)
    return done
  }

  #remove(id: string): RuntimeResult {
    const entry = this.#containers.get(id)
    if (entry === undefined) return done
    const { config, sandbox } = entry
    this.#end(entry, killedExitCode)
    this.#containers.delete(id)
    entry.files.discard()
    const rest = (this.#byPod.get(config.podUid) ?? []).filter((each) => each !== entry)
    if (rest.length === 0) this.#byPod.delete(config.podUid)
    else this.#byPod.set(config.podUid, rest)
    this.#runtime.note('container.remove', sandbox, { container: config.name, attempt: config.attempt })
    this.#runtime.touch(config.podUid)
    return done
  }

  *#execInTime(id: string, argv: readonly string[]): Steps<RuntimeResult<ExecResult>> {
    const { kernel } = this.#options
    const entry = this.#containers.get(id)
    if (entry?.state !== 'running') return this.#fail(`container not running (${id})`)
    const program = executable(this.#kind, entry, argv, 'check')
    if (typeof program === 'string') return this.#execRefused(id, argv, program)
    const { written, write } = collected()
    const context = this.#process(entry, { argv, stdin: '', write })
    const command = process(kernel, () => program.run(context))
    try {
      // The end of the container ends what runs in it.
      const exitCode = (yield* wait(firstOf<number>(command, entry.commandsEnd))) ?? killedExitCode
      return { ok: true, value: { ...outputOf(written), exitCode: mayAnswer(entry, argv) ? 0 : exitCode } }
    } finally {
      entry.processes.leave(context.pid)
    }
  }

  #execRefused(id: string, argv: readonly string[], refusal: StartRefusal): RuntimeResult<ExecBytes> {
    const execId = this.#runtime.hexId(`exec/${id}/${argv[0]}/${this.#options.kernel.now()}`)
    return execRefusal(this.#kind, execId, argv, refusal)
  }

  get #processHost(): ProcessHost {
    this.#host ??= new ContainerHost(this.#options, (entry, bytes) => this.#useMemory(entry, bytes))
    return this.#host
  }

  #partsOf(entry: ContainerEntry): ContainerParts {
    const { mounts, readOnlyRootFilesystem: readOnlyRoot } = entry.config
    return { rootFiles: this.#runtime.rootFiles.of(entry.image, entry.sandbox), mounts, readOnlyRoot, owner: entry }
  }

  #process(entry: ContainerEntry, start: ProcessStart): ContainerProcess {
    return new ContainerProcess(this.#processHost, entry, start)
  }

  #processesOf(entry: ContainerEntry): ProcessTable {
    return new ProcessTable(this.#options.kernel, 2, (pid, number) => {
      return pid === 1 && this.#signal(entry, number) === 0
    })
  }

  #signal(entry: ContainerEntry, signal: number): number {
    const { kernel } = this.#options
    if (entry.state !== 'running' || entry.context === undefined || entry.program === undefined) return -1
    // A container's first process is spared a SIGKILL from inside of it, and any signal that it does not handle.
    if (signal === signalKill || signal === 0) return 0
    if (entry.program.signal?.(entry.context, signal) === true) return 0
    const termination = signal === signalTerm ? entry.program.onTerm(entry.context) : 'ignored'
    if (termination === 'ignored') return 0
    entry.life.start(after(kernel, termination.afterMs), () => this.#end(entry, termination.exitCode))
    return 0
  }

  /** False when the container is out of memory. */
  #useMemory(entry: ContainerEntry, bytes: number): boolean {
    this.inUse.take(entry, bytes)
    const limit = entry.config.memoryLimitBytes
    if (limit === undefined || entry.memoryBytes <= limit || entry.state !== 'running') return true
    // The kernel kills when the process next runs: after what it is doing at this instant.
    entry.life.start(after(this.#options.kernel, 0), () => this.#end(entry, killedExitCode, 'OOMKilled'))
    return false
  }

  #end(entry: ContainerEntry, exitCode: number, reason?: string): void {
    if (entry.state !== 'running') return
    entry.main?.unsubscribe()
    this.#exit(entry, exitCode, reason)
  }

  #exit(entry: ContainerEntry, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): void {
    const { kernel } = this.#options
    const now = kernel.now()
    this.inUse.ended(entry)
    if (!entry.isSilent) entry.log.close(now)
    const { message = lastWordOf(entry, exitCode) || undefined } = entry.now
    entry.becomes({ ...entry.now, state: 'exited', finishedAt: now, exitCode, reason, message })
    const { name, attempt } = entry.config
    this.#runtime.note('container.exit', entry.sandbox, { container: name, attempt, exitCode, reason })
    this.#runtime.touch(entry.config.podUid)
    entry.end(killedExitCode)
  }

  #fail(text: string): { readonly ok: false; readonly message: string } {
    return { ok: false, message: `${grpcPrefix}${text}` }
  }
}
