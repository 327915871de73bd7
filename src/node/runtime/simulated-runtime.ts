import type { Unsubscribable } from 'rxjs'
import { dirname, joinPath } from '../../fs/path.ts'
import { atOnce } from '../../kernel/at-once.ts'
import type { EntryOf } from '../../kernel/journal.ts'
import { ordered } from '../../kernel/ordered.ts'
import { process } from '../../kernel/process.ts'
import type { DetailsOf } from '../../kernel/record-table.ts'
import { Scope } from '../../kernel/scope.ts'
import { SparseMap, SparseSet } from '../../kernel/sparse.ts'
import { type Steps, sleep } from '../../kernel/steps.ts'
import { type ByteText, toByteText } from '../../shell/byte-text.ts'
import type { ProbeAnswer, ProbeRequest } from '../../shell/program.ts'
import { outputOf } from './command-texts.ts'
import { ContainerOrders } from './container-orders.ts'
import type {
  Attachment,
  ContainerConfig,
  ContainerRuntime,
  ExecBytes,
  ExecResult,
  ExecSession,
  GivenResources,
  ImageRecord,
  LiveContainer,
  PodSandbox,
  PodSandboxConfig,
  RegistryCredential,
  RunningProgram,
  RuntimeContainer,
  RuntimeOrder,
  RuntimeResult,
} from './cri.ts'
import { grpcPrefix, runtimeName } from './error-texts.ts'
import { ImageStore } from './image-store.ts'
import type { LogLine } from './log-buffer.ts'
import { PodIps } from './pod-ips.ts'
import type { RuntimeRecord, RuntimeRecords } from './records.ts'
import { RootFiles } from './root-files.ts'
import { runningPrograms } from './running-program.ts'
import type { RuntimeNote, RuntimeOptions } from './runtime-options.ts'

/** Filled anew for every id: a text that is put together of parts costs ten times its own size. */
const idCodes: number[] = new Array<number>(64).fill(0)

function hexCode(digit: number): number {
  return digit < 10 ? 48 + digit : 87 + digit
}

/** A container runtime with an image store, whose containers run programs in virtual time. */
export function createRuntime(options: RuntimeOptions): ContainerRuntime {
  return new SimulatedRuntime(options)
}

class SimulatedRuntime implements ContainerRuntime {
  readonly runtimeType: string
  readonly rootFiles: RootFiles
  readonly #options: RuntimeOptions
  readonly #sandboxes = new SparseMap<string, PodSandbox>()
  readonly #byPod = new SparseMap<string, readonly PodSandbox[]>()
  readonly #changed = new SparseSet<string>()
  readonly #listeners = new SparseSet<(podUid: string) => void>()
  readonly #ips: PodIps
  readonly #images: ImageStore
  readonly #orders: ContainerOrders
  /** Orders on their way. */
  readonly #scope = new Scope()

  constructor(options: RuntimeOptions) {
    const { registry, kind = 'docker', podCidr = '10.244.0.0/24' } = options
    this.runtimeType = runtimeName(kind)
    this.rootFiles = new RootFiles(options.network)
    this.#options = options
    this.#ips = new PodIps(podCidr)
    this.#images = new ImageStore(registry, (name) => this.hexId(`image/${name}`))
    this.#orders = new ContainerOrders(options, kind, this.#images, this)
  }

  runPodSandbox(config: PodSandboxConfig): RuntimeOrder<PodSandbox> {
    return this.#order(() => this.#runSandbox(config))
  }

  stopPodSandbox(id: string): RuntimeOrder {
    return atOnce(() => this.#stopSandbox(id))
  }

  removePodSandbox(id: string): RuntimeOrder {
    return atOnce(() => this.#removeSandbox(id))
  }

  createContainer(config: ContainerConfig): RuntimeOrder<RuntimeContainer> {
    return this.#orders.create(config)
  }

  startContainer(id: string): RuntimeOrder {
    return this.#orders.start(id)
  }

  stopContainer(id: string, graceSeconds: number): RuntimeOrder {
    return this.#orders.stop(id, graceSeconds)
  }

  removeContainer(id: string): RuntimeOrder {
    return this.#orders.remove(id)
  }

  killContainer(id: string, exitCode: number, reason: string | undefined): void {
    this.#orders.killAll(id, exitCode, reason)
  }

  podSandboxes(podUid: string): readonly PodSandbox[] {
    return this.#byPod.get(podUid) ?? []
  }

  podContainers(podUid: string): readonly LiveContainer[] {
    return this.#orders.ofPod(podUid)
  }

  programsAt(pod: { readonly ip: string } | { readonly uid: string }): readonly RunningProgram[] | undefined {
    for (const sandbox of this.#sandboxes.values()) {
      const isMeant = 'ip' in pod ? sandbox.ip === pod.ip : sandbox.podUid === pod.uid
      if (isMeant && sandbox.state === 'ready') return runningPrograms(this.#orders.ofPod(sandbox.podUid), sandbox)
    }
    return undefined
  }

  memoryBytes(id: string): number {
    return this.#orders.memoryBytes(id)
  }

  inUse(): { readonly running: number; readonly memoryBytes: number } {
    return this.#orders.inUse
  }

  podUids(): readonly string[] {
    return [...new Set([...this.#byPod.keys(), ...this.#orders.podUids()])]
  }

  changedPods(): readonly string[] {
    const pods = [...this.#changed]
    this.#changed.clear()
    return pods
  }

  observe(listener: (podUid: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  updateContainerResources(id: string, given: GivenResources): void {
    const entry = this.#orders.find(id)
    if (entry?.state !== 'running') return
    entry.isGiven(given)
    this.touch(entry.config.podUid)
  }

  imageStatus(name: string): ImageRecord | undefined {
    return this.#images.find(name)?.record
  }

  images(): readonly ImageRecord[] {
    return this.#images.records()
  }

  mountImage(image: string, directory: string): boolean {
    const found = this.#images.find(image)
    if (found === undefined) return false
    const { fs } = this.#options
    fs.mkdirAll(directory, 0o755)
    for (const [path, content] of Object.entries(found.definition.files)) {
      const file = joinPath(directory, path)
      fs.mkdirAll(path.endsWith('/') ? file : dirname(file), 0o755)
      if (!path.endsWith('/')) fs.writeFile(file, content, 0o644)
    }
    return true
  }

  removeUnusedImages(): void {
    const containers = [...this.#orders.podUids()].flatMap((uid) => this.#orders.ofPod(uid))
    this.#images.removeUnused(new Set(containers.map(({ imageId }) => imageId)))
  }

  pullImage(
    name: string,
    credential: RegistryCredential | undefined,
    pod?: PodSandboxConfig,
  ): RuntimeOrder<ImageRecord> {
    return this.#order(() => this.#pull(name, credential, pod))
  }

  exec(id: string, argv: readonly string[], stdin?: string): RuntimeResult<ExecResult> {
    const result = this.#orders.exec(id, argv, toByteText(stdin ?? ''))
    return result.ok ? { ok: true, value: { ...outputOf(result.value), exitCode: result.value.exitCode } } : result
  }

  execBytes(id: string, argv: readonly string[], stdin: ByteText): RuntimeResult<ExecBytes> {
    return this.#orders.exec(id, argv, stdin)
  }

  execInTime(id: string, argv: readonly string[]): RuntimeOrder<ExecResult> {
    return this.#orders.execInTime(id, argv)
  }

  openExec(id: string, argv: readonly string[], session: ExecSession): RuntimeResult<Unsubscribable> {
    return this.#orders.openExec(id, argv, session)
  }

  attach(id: string, session: Omit<ExecSession, 'input'>): Attachment | undefined {
    return this.#orders.attach(id, session)
  }

  followLogs(id: string, heard: (line: LogLine | undefined) => void): Unsubscribable {
    return this.#orders.followLogs(id, heard)
  }

  logs(id: string): readonly LogLine[] {
    return this.#orders.logs(id)
  }

  probe(id: string, request: ProbeRequest): ProbeAnswer {
    return this.#orders.probe(id, request)
  }

  reboot(): void {
    for (const sandbox of this.#sandboxes.values()) {
      // Nobody saw how they ended (vectors/README-timelines.md, Reboot).
      this.#orders.killAll(sandbox.id, 255, 'Unknown')
      this.#notReady(sandbox)
    }
  }

  /** What the container half asks of the whole: ids, the journal, the news, sandboxes. */
  hexId(name: string): string {
    const { random, nodeName } = this.#options
    const streamName = `runtime/${nodeName}/id/${name}`
    const stream = random.stream(streamName)
    for (let i = 0; i < 8; i++) {
      const bits = stream.bits()
      for (let digit = 0; digit < 8; digit++) idCodes[8 * i + digit] = hexCode((bits >>> (28 - 4 * digit)) & 15)
    }
    random.release(streamName)
    return String.fromCharCode(...idCodes)
  }

  note<Type extends keyof RuntimeRecords>(
    type: Type,
    pod: RuntimeNote | undefined,
    detail: DetailsOf<RuntimeRecords>[Type],
  ): void {
    const { journal, nodeName } = this.#options
    const object = pod && { kind: 'Pod', namespace: pod.podNamespace, name: pod.podName, uid: pod.podUid }
    const entry = { actor: `runtime/${nodeName}`, type, detail, ...(object && { object }) }
    journal.append(entry as EntryOf<RuntimeRecord>) // type and detail are of one row: the signature holds it
  }

  touch(podUid: string): void {
    this.#changed.add(podUid)
    for (const listener of this.#listeners) listener(podUid)
  }

  sandbox(id: string): PodSandbox | undefined {
    return this.#sandboxes.get(id)
  }

  #order<T>(steps: () => Steps<RuntimeResult<T>>): RuntimeOrder<T> {
    return ordered(this.#scope, process(this.#options.kernel, steps))
  }

  *#runSandbox(config: PodSandboxConfig): Steps<RuntimeResult<PodSandbox>> {
    const { kernel, timings } = this.#options
    yield* sleep(timings.sandboxMs)
    const ip = this.#ips.take()
    if (ip === undefined) {
      const network = `failed to set up pod "${config.podName}_${config.podNamespace}" network: failed to allocate for range 0: no IP addresses available in range set`
      return { ok: false, message: `${grpcPrefix}${network}` }
    }
    const id = this.hexId(`${config.podUid}/sandbox/${config.attempt}`)
    const { podUid, podName, podNamespace, attempt } = config
    const createdAt = kernel.now()
    const sandbox: PodSandbox = { podUid, podName, podNamespace, attempt, id, state: 'ready', createdAt, ip }
    this.note('sandbox.run', sandbox, { attempt: config.attempt, ip })
    this.#replace(sandbox)
    return { ok: true, value: sandbox }
  }

  #stopSandbox(id: string): RuntimeResult {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox !== undefined) {
      this.#orders.killAll(id, 137)
      if (sandbox.state === 'ready') this.note('sandbox.stop', sandbox, { attempt: sandbox.attempt })
      this.#notReady(sandbox)
    }
    return { ok: true, value: undefined }
  }

  #removeSandbox(id: string): RuntimeResult {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox !== undefined) {
      this.#orders.killAll(id, 137)
      this.#notReady(sandbox)
      this.#sandboxes.delete(id)
      const rest = (this.#byPod.get(sandbox.podUid) ?? []).filter((each) => each.id !== id)
      if (rest.length === 0) this.#byPod.delete(sandbox.podUid)
      else this.#byPod.set(sandbox.podUid, rest)
      this.note('sandbox.remove', sandbox, { attempt: sandbox.attempt })
      this.touch(sandbox.podUid)
    }
    return { ok: true, value: undefined }
  }

  *#pull(
    name: string,
    credential: RegistryCredential | undefined,
    pod: PodSandboxConfig | undefined,
  ): Steps<RuntimeResult<ImageRecord>> {
    const { registry } = this.#options
    const who = credential === undefined ? {} : { username: credential.username }
    this.note('image.pull', pod, { image: name, ...who })
    yield* sleep(registry.pullMs(name, this.#images.find(name) !== undefined))
    const outcome = registry.pull(name, credential)
    this.note('image.pulled', pod, { image: name, result: outcome.ok ? 'ok' : outcome.message })
    if (outcome.ok) return { ok: true, value: this.#images.add(name, outcome.image).record }
    return { ok: false, message: `rpc error: code = ${outcome.code ?? 'Unknown'} desc = ${outcome.message}` }
  }

  #replace(sandbox: PodSandbox): void {
    this.#sandboxes.set(sandbox.id, sandbox)
    const all = this.#byPod.get(sandbox.podUid) ?? []
    const at = all.findIndex(({ id }) => id === sandbox.id)
    this.#byPod.set(sandbox.podUid, at === -1 ? all.concat(sandbox) : all.with(at, sandbox))
    this.touch(sandbox.podUid)
  }

  #notReady(sandbox: PodSandbox): void {
    if (sandbox.state === 'notReady') return
    this.#replace({ ...sandbox, state: 'notReady' })
    this.#ips.release(sandbox.ip)
  }
}
