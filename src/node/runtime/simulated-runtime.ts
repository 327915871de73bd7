import { atOnce } from '../../kernel/at-once.ts'
import { extended } from '../../kernel/extended.ts'
import { flat } from '../../kernel/flat-text.ts'
import { ordered } from '../../kernel/ordered.ts'
import { process } from '../../kernel/process.ts'
import { Scope } from '../../kernel/scope.ts'
import { type Steps, sleep } from '../../kernel/steps.ts'
import { ContainerOrders } from './container-orders.ts'
import type {
  ContainerRuntime,
  ImageRecord,
  PodSandbox,
  PodSandboxConfig,
  RegistryCredential,
  RuntimeResult,
} from './cri.ts'
import { createDirectoryWatch } from './directory-watch.ts'
import { grpcPrefix } from './error-texts.ts'
import { ImageStore } from './image-store.ts'
import { createPodIps } from './pod-ips.ts'
import type { RuntimeRecordType } from './records.ts'
import type { RuntimeNote, RuntimeOptions } from './runtime-options.ts'

/** A container runtime with an image store, whose containers run programs in virtual time. */
export function createRuntime(options: RuntimeOptions): ContainerRuntime {
  const { kernel, journal, random, fs, registry, timings, nodeName, kind = 'docker' } = options
  const sandboxes = new Map<string, PodSandbox>()
  const byPod = new Map<string, PodSandbox[]>()
  const changed = new Set<string>()
  const listeners = new Set<(podUid: string) => void>()
  const ips = createPodIps(options.podCidr ?? '10.244.0.0/24')
  const actor = `runtime/${nodeName}`
  const hexId = (name: string): string => {
    const streamName = `runtime/${nodeName}/id/${name}`
    const stream = random.stream(streamName)
    let id = ''
    for (let i = 0; i < 8; i++) id += stream.integer(0, 0x1_0000_0000).toString(16).padStart(8, '0')
    random.release(streamName)
    return flat(id)
  }
  const images = new ImageStore(registry, (name) => hexId(`image/${name}`))
  const note = (
    type: RuntimeRecordType,
    pod: RuntimeNote | undefined,
    detail: Readonly<Record<string, unknown>>,
  ): void => {
    const object = pod && { kind: 'Pod', namespace: pod.podNamespace, name: pod.podName, uid: pod.podUid }
    journal.append({ actor, type, detail, ...(object && { object }) })
  }
  const touch = (podUid: string): void => {
    changed.add(podUid)
    for (const listener of listeners) listener(podUid)
  }
  const orders = new ContainerOrders({
    ...options,
    kind,
    images,
    hexId,
    note,
    touch,
    watch: createDirectoryWatch(fs),
    sandbox: (id) => sandboxes.get(id),
  })
  const replace = (sandbox: PodSandbox): void => {
    sandboxes.set(sandbox.id, sandbox)
    const all = byPod.get(sandbox.podUid) ?? []
    const at = all.findIndex(({ id }) => id === sandbox.id)
    if (at === -1) all.push(sandbox)
    else all[at] = sandbox
    byPod.set(sandbox.podUid, all)
    touch(sandbox.podUid)
  }
  const notReady = (sandbox: PodSandbox): void => {
    if (sandbox.state === 'notReady') return
    replace({ ...sandbox, state: 'notReady' })
    ips.release(sandbox.ip)
  }

  const scope = new Scope()
  const order = <T>(steps: () => Steps<RuntimeResult<T>>) => ordered(scope, process(kernel, steps))

  function* runSandbox(config: PodSandboxConfig): Steps<RuntimeResult<PodSandbox>> {
    yield* sleep(timings.sandboxMs)
    const ip = ips.take()
    if (ip === undefined) {
      const network = `failed to set up pod "${config.podName}_${config.podNamespace}" network: failed to allocate for range 0: no IP addresses available in range set`
      return { ok: false, message: `${grpcPrefix}${network}` }
    }
    const id = hexId(`${config.podUid}/sandbox/${config.attempt}`)
    const state = 'ready' as const
    const sandbox: PodSandbox = extended(config, { id, state, createdAt: kernel.now(), ip })
    note('sandbox.run', sandbox, { attempt: config.attempt, ip })
    replace(sandbox)
    return { ok: true, value: sandbox }
  }

  const stopSandbox = (id: string): RuntimeResult => {
    const sandbox = sandboxes.get(id)
    if (sandbox !== undefined) {
      orders.killAll(id, 137)
      if (sandbox.state === 'ready') note('sandbox.stop', sandbox, { attempt: sandbox.attempt })
      notReady(sandbox)
    }
    return { ok: true, value: undefined }
  }

  const removeSandbox = (id: string): RuntimeResult => {
    const sandbox = sandboxes.get(id)
    if (sandbox !== undefined) {
      orders.killAll(id, 137)
      notReady(sandbox)
      sandboxes.delete(id)
      const rest = (byPod.get(sandbox.podUid) ?? []).filter((each) => each.id !== id)
      if (rest.length === 0) byPod.delete(sandbox.podUid)
      else byPod.set(sandbox.podUid, rest)
      note('sandbox.remove', sandbox, { attempt: sandbox.attempt })
      touch(sandbox.podUid)
    }
    return { ok: true, value: undefined }
  }

  function* pull(
    name: string,
    credential: RegistryCredential | undefined,
    pod: PodSandboxConfig | undefined,
  ): Steps<RuntimeResult<ImageRecord>> {
    const who = credential === undefined ? {} : { username: credential.username }
    note('image.pull', pod, { image: name, ...who })
    yield* sleep(registry.pullMs(name))
    const outcome = registry.pull(name, credential)
    note('image.pulled', pod, { image: name, result: outcome.ok ? 'ok' : outcome.message })
    if (outcome.ok) return { ok: true, value: images.add(name, outcome.image).record }
    return { ok: false, message: `${grpcPrefix}${outcome.message}` }
  }

  return {
    runtimeType: kind,
    runPodSandbox: (config) => order(() => runSandbox(config)),
    stopPodSandbox: (id) => atOnce(() => stopSandbox(id)),
    removePodSandbox: (id) => atOnce(() => removeSandbox(id)),
    createContainer: (config) => orders.create(config),
    startContainer: (id) => orders.start(id),
    stopContainer: (id, graceSeconds) => orders.stop(id, graceSeconds),
    removeContainer: (id) => orders.remove(id),
    killContainer: (id, exitCode, reason) => orders.killAll(id, exitCode, reason),
    podSandboxes: (podUid) => byPod.get(podUid) ?? [],
    podContainers: (podUid) => orders.ofPod(podUid),
    memoryBytes: (id) => orders.memoryBytes(id),
    podUids: () => [...new Set([...byPod.keys(), ...orders.podUids()])],
    changedPods() {
      const pods = [...changed]
      changed.clear()
      return pods
    },
    observe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    imageStatus: (name) => images.find(name)?.record,
    images: () => images.records(),
    removeUnusedImages(): void {
      images.removeUnused(
        new Set([...orders.podUids()].flatMap((uid) => orders.ofPod(uid).map(({ imageId }) => imageId))),
      )
    },
    pullImage: (name, credential, pod) => order(() => pull(name, credential, pod)),
    exec: (id, argv, stdin) => orders.exec(id, argv, stdin ?? ''),
    execInTime: (id, argv) => orders.execInTime(id, argv),
    openExec: (id, argv, session) => orders.openExec(id, argv, session),
    attach: (id, session) => orders.attach(id, session),
    followLogs: (id, heard) => orders.followLogs(id, heard),
    logs: (id) => orders.logs(id),
    probe: (id, request) => orders.probe(id, request),
    reboot() {
      for (const sandbox of sandboxes.values()) {
        // Nobody saw how they ended (vectors/README-timelines.md, Reboot).
        orders.killAll(sandbox.id, 255, 'Unknown')
        notReady(sandbox)
      }
    },
  }
}
