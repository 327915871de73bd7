import type { ContainerStatus, Event, Node, Pod } from '../../src/api/types/core.ts'
import { resources } from '../../src/client/client.ts'
import { Reflector } from '../../src/client/reflector.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { onceOf } from '../../src/kernel/once-of.ts'
import type { ContainerConfig } from '../../src/node/runtime/cri.ts'
import { subPathDirectory, volumeDirectory } from '../../src/node/volumes/plugins/layout.ts'
import { neighbourName, type TimelineCluster } from './timeline-cluster.ts'
import { takenOut } from './told-nodes.ts'

type Tell = (actor: string, what: string, detail: Readonly<Record<string, unknown>>) => void

/** Tells what a watcher of the API would write down: events, statuses, removed Pods, node conditions. */
export function observeApi(cluster: TimelineCluster, namespaces: ReadonlySet<string>, tell: Tell): void {
  const seen = new Set<string>()
  const statuses = new Map<string, string>()
  const ready = new Map<string, string>()
  watch<Event>(cluster, resources.events, (event) => {
    const { involvedObject, reason = '', message = '', type = '', count, metadata } = event
    const uid = `${metadata.namespace}/${metadata.name}`
    const isNew = !seen.has(uid)
    seen.add(uid)
    if (involvedObject.kind === 'Node') {
      if (!takenOut.has(reason) && involvedObject.name !== neighbourName)
        tell('event', reason, { onNode: involvedObject.name, type, message, count })
      return
    }
    if (involvedObject.kind !== 'Pod' || !namespaces.has(involvedObject.namespace ?? '')) return
    const source = event.source?.component ?? event.reportingComponent ?? ''
    const shown = source === 'default-scheduler' ? {} : { count }
    const path = involvedObject.fieldPath
    tell('event', reason, {
      pod: involvedObject.name,
      type,
      message: message.replaceAll(involvedObject.uid || 'no uid', '<uid>'),
      ...shown,
      source,
      ...(path === undefined ? {} : { fieldPath: path }),
      ...(isNew ? { new: true } : {}),
    })
  })
  watch<Pod>(
    cluster,
    resources.pods,
    (pod) => {
      if (!namespaces.has(pod.metadata.namespace ?? '')) return
      const text = JSON.stringify(statusDetail(pod)).replaceAll(pod.metadata.uid || 'no uid', '<uid>')
      const detail = JSON.parse(text) as Readonly<Record<string, unknown>>
      if (statuses.get(pod.metadata.uid ?? '') === text) return
      statuses.set(pod.metadata.uid ?? '', text)
      tell('api', 'pod status', detail)
    },
    (pod) => {
      if (namespaces.has(pod.metadata.namespace ?? '')) tell('api', 'pod removed', { pod: pod.metadata.name })
    },
  )
  watch<Node>(cluster, resources.nodes, (node) => {
    const condition = node.status?.conditions?.find(({ type }) => type === 'Ready')
    const { name } = node.metadata
    if (condition === undefined || name === neighbourName) return
    const before = ready.get(name)
    ready.set(name, condition.status)
    if (before === undefined || before === condition.status) return
    tell('api', 'node condition Ready', { node: name, status: condition.status, reason: condition.reason })
  })
}

function watch<T extends Event | Pod | Node>(
  { kernel, admin, random, minor }: TimelineCluster,
  resource: (typeof resources)[keyof typeof resources],
  put: (object: T) => void,
  remove: (object: T) => void = () => undefined,
): void {
  // After a re-list only what changed is news.
  const versions = new Map<string, string | undefined>()
  const news = (object: T): void => {
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (versions.get(key) === object.metadata.resourceVersion) return
    versions.set(key, object.metadata.resourceVersion)
    put(object)
  }
  new Reflector<T>(
    { kernel, client: admin, resource, minor },
    {
      random: random.stream(`judge/${resource.resource}`),
      store: { replace: (objects) => objects.forEach(news), add: news, update: news, delete: remove },
    },
  ).start()
}

function statusDetail(pod: Pod): Readonly<Record<string, unknown>> {
  const { status = {}, spec, metadata } = pod
  const conditions: Record<string, string> = {}
  for (const { type, status: state, reason } of status.conditions ?? [])
    conditions[type] = reason === undefined || reason === '' ? state : `${state} ${reason}`
  const init = status.initContainerStatuses ?? []
  return {
    pod: metadata.name,
    phase: status.phase,
    containers: containersDetail(status.containerStatuses ?? []),
    conditions,
    ...(init.length === 0 ? {} : { initContainers: containersDetail(init) }),
    ...(metadata.deletionTimestamp === undefined ? {} : { deleting: true }),
    ...(spec.nodeName === undefined || spec.nodeName === '' ? {} : { node: spec.nodeName }),
  }
}

function containersDetail(statuses: readonly ContainerStatus[]): Readonly<Record<string, unknown>> {
  const detail: Record<string, unknown> = {}
  for (const { name, state = {}, lastState, ready, restartCount } of [...statuses].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const kind = state.running ? 'running' : state.terminated ? 'terminated' : 'waiting'
    const reason = state.waiting?.reason ?? state.terminated?.reason
    const message = state.waiting?.message
    const last = lastState?.terminated
    const exitCode = state.terminated?.exitCode
    detail[name] = {
      state: kind,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(last === undefined ? {} : { last: { reason: last.reason, exitCode: last.exitCode } }),
      ready,
      restartCount,
    }
  }
  return detail
}

/** Tells of set-ups, tear-downs and calls of the runtime, from the journal. */
export function observeJournal(cluster: TimelineCluster, tell: Tell): void {
  const configs = captureConfigs(cluster)
  const credentials = captureCredentials(cluster)
  cluster.journal.records$.subscribe((record) => {
    const line = runtimeLine(record, configs, credentials) ?? volumeLine(record)
    if (line !== undefined) tell(...line)
  })
}

type Line = readonly [actor: string, what: string, detail: Readonly<Record<string, unknown>>]

function volumeLine(record: ClusterRecord): Line | undefined {
  const pod = record.object?.name
  switch (record.type) {
    case 'volume.set-up':
      return ['volume-manager', 'set-up ok', { pod, volume: record.detail.volume }]
    case 'volume.set-up-failed': {
      const { volume, retryNotBeforeMs, error } = record.detail
      return ['volume-manager', 'set-up failed', { pod, volume, retryNotBefore: goDuration(retryNotBeforeMs), error }]
    }
    case 'volume.tear-down':
      return ['volume-manager', 'tear-down ok', { pod, volume: record.detail.volume }]
    default:
      return undefined
  }
}

function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const seconds = ms / 1000
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

function runtimeLine(
  record: ClusterRecord,
  configs: ReadonlyMap<string, ContainerConfig>,
  credentials: { readonly current: string | undefined },
): Line | undefined {
  const pod = record.object?.name
  switch (record.type) {
    case 'sandbox.run':
      return ['runtime', 'RunPodSandbox', { attempt: record.detail.attempt, pod }]
    case 'sandbox.stop':
      return ['runtime', 'StopPodSandbox', { pod }]
    case 'sandbox.remove':
      return ['runtime', 'RemovePodSandbox', { pod }]
    case 'image.pull': {
      const used = credentials.current
      const { image } = record.detail
      return ['runtime', 'PullImage', { ...(used === undefined ? {} : { credentials: used }), image, pod }]
    }
    case 'image.pulled': {
      const { image, result } = record.detail
      return ['runtime', 'PullImageDone', { image, pod, result }]
    }
    case 'container.create': {
      const { attempt, container } = record.detail
      const config = configs.get(`${record.object?.uid}/${container}/${attempt}`)
      return ['runtime', 'CreateContainer', { attempt, ...configDetail(config), container, pod }]
    }
    case 'container.start': {
      const { attempt, container } = record.detail
      return ['runtime', 'StartContainer', { attempt, container, pod }]
    }
    case 'container.stop': {
      const { container, timeoutSeconds } = record.detail
      return ['runtime', 'StopContainer', { container, pod, timeout: timeoutSeconds }]
    }
    case 'container.exit': {
      const { attempt, container, exitCode } = record.detail
      return ['runtime', 'ContainerExited', { attempt, container, exitCode, pod }]
    }
    case 'container.remove': {
      const { attempt, container } = record.detail
      return ['runtime', 'RemoveContainer', { attempt, container, pod }]
    }
    default:
      return undefined
  }
}

function configDetail(config: ContainerConfig | undefined): Readonly<Record<string, unknown>> {
  if (config === undefined) return {}
  const env: Record<string, string> = {}
  for (const { name, value } of config.env) if (!name.startsWith('KUBERNETES_')) env[name] = value
  const mounts = config.mounts.map(
    ({ containerPath, hostPath, readOnly }) =>
      `${containerPath} <- ${hostPath.replace('/var/lib/kubelet', '<root>').replace(config.podUid, '<uid>')} ro=${readOnly}`,
  )
  return {
    command: [...config.command, ...config.args],
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(mounts.length === 0 ? {} : { mounts }),
  }
}

/** The journal names no credentials; `current` are those of the pull that is being told. */
function captureCredentials(cluster: TimelineCluster): { readonly current: string | undefined } {
  const seen: { current: string | undefined } = { current: undefined }
  for (const { runtime } of cluster.nodes.values()) {
    const pullImage = runtime.pullImage.bind(runtime)
    Object.assign(runtime, {
      pullImage: (...[image, credential, pod]: Parameters<typeof pullImage>) =>
        onceOf((receiver: Parameters<ReturnType<typeof pullImage>['begin']>[0]) => {
          seen.current = credential === undefined ? undefined : `${credential.username}:${credential.password}`
          const order = pullImage(image, credential, pod).begin(receiver)
          seen.current = undefined
          return order
        }),
    })
  }
  return seen
}

/** The journal names variables only; the recordings have values. */
function captureConfigs(cluster: TimelineCluster): ReadonlyMap<string, ContainerConfig> {
  const configs = new Map<string, ContainerConfig>()
  for (const { runtime } of cluster.nodes.values()) {
    const createContainer = runtime.createContainer.bind(runtime)
    Object.assign(runtime, {
      createContainer(config: ContainerConfig) {
        configs.set(`${config.podUid}/${config.name}/${config.attempt}`, config)
        return createContainer(config)
      },
    })
  }
  return configs
}

/** Tells of directories and contents of volumes, as a poller of the node's files would. */
export function observeFiles(cluster: TimelineCluster, tell: Tell): void {
  const names = new Map<string, string>()
  const contents = new Map<string, string>()
  const times = new Map<string, string[]>()
  const mounted = new Set<string>()
  for (const { fs } of cluster.nodes.values()) {
    fs.observe(({ op, path }) => {
      const match =
        /^\/var\/lib\/kubelet\/pods\/([^/]+)(?:\/volumes\/kubernetes\.io~(secret|projected)\/([^/]+))?$/.exec(path)
      if (match === null) return
      const [, uid = '', plugin, volume] = match
      const pod = names.get(uid) ?? podName(cluster, uid)
      if (pod !== undefined) names.set(uid, pod)
      if (plugin === undefined) {
        if (op === 'mkdir') tell('files', 'pod directory created', { pod })
        if (op === 'rmdir') tell('files', 'pod directory removed', { pod })
        return
      }
      if (op === 'mkdir') tell('files', 'volume directory created', { pod, volume })
      if (op === 'rmdir') tell('files', 'volume directory removed', { pod, volume })
      // The poller comes when the set-up is over.
      if (op === 'mount') mounted.add(`${uid}/${volume}`)
      if (op === 'unmount') {
        mounted.delete(`${uid}/${volume}`)
        // A mount that is lost leaves its directory behind; one that is taken down does not.
        cluster.kernel.schedule(50, () => {
          if (!fs.lstat(path).ok || fs.isMountPoint(path)) return
          tell('files', 'tmpfs unmounted', { pod, volume })
          tell('files', 'content', { pod, volume, links: {}, files: {} })
        })
      }
      if (op === 'rmdir' || op === 'unmount') contents.delete(`${uid}/${volume}`)
    })
  }
  cluster.journal.records$.subscribe((record) => {
    if (record.type !== 'volume.set-up') return
    const uid = record.object?.uid ?? ''
    const { volume } = record.detail
    const node = cluster.nodes.get(record.actor.replace('kubelet/', ''))
    if (node === undefined) return
    for (const plugin of ['secret', 'projected']) {
      const directory = volumeDirectory(uid, plugin, volume)
      if (!node.fs.lstat(directory).ok) continue
      const root = node.fs.lstat(directory)
      if (mounted.delete(`${uid}/${volume}`) && root.ok)
        tell('files', 'tmpfs mounted', {
          pod: record.object?.name,
          volume,
          mode: (root.value.mode & 0o7777).toString(8),
        })
      const seen = times.get(`${uid}/${volume}`) ?? []
      times.set(`${uid}/${volume}`, seen)
      const detail = contentDetail(node.fs, directory, seen)
      const text = JSON.stringify(detail)
      if (contents.get(`${uid}/${volume}`) === text) continue
      contents.set(`${uid}/${volume}`, text)
      tell('files', 'content', { pod: record.object?.name, volume, ...detail })
    }
  })
}

function podName(cluster: TimelineCluster, uid: string): string | undefined {
  for (const { kubelet } of cluster.nodes.values()) {
    const pod = kubelet.context?.pods.get(uid)
    if (pod !== undefined) return pod.metadata.name
  }
  return undefined
}

function contentDetail(
  fs: TimelineCluster['nodes'] extends Map<string, infer N> ? (N extends { fs: infer F } ? F : never) : never,
  directory: string,
  times: string[],
) {
  const links: Record<string, string> = {}
  const files: Record<string, unknown> = {}
  const shortTime = (name: string): string => {
    if (!/^\.\.\d{4}_/.test(name)) return name
    if (!times.includes(name)) times.push(name)
    return `..<time-${times.indexOf(name) + 1}>`
  }
  const top = fs.readdir(directory)
  for (const name of top.ok ? top.value : []) {
    const stat = fs.lstat(`${directory}/${name}`)
    if (stat.ok && stat.value.type === 'symlink') links[shortTime(name)] = shortTime(stat.value.target ?? '')
  }
  const walk = (path: string, prefix: string): void => {
    const entries = fs.readdir(path)
    for (const name of entries.ok ? entries.value : []) {
      const stat = fs.stat(`${path}/${name}`)
      if (!stat.ok) continue
      if (stat.value.type === 'directory') {
        walk(`${path}/${name}`, `${prefix}${name}/`)
        continue
      }
      const content = fs.readFile(`${path}/${name}`)
      const text = content.ok ? new TextDecoder().decode(content.value) : ''
      const shown = text.length > 200 ? `<${text.length} bytes>` : text
      const mode = `0${(stat.value.mode & 0o7777).toString(8)}`
      const owner = stat.value.uid === 0 ? {} : { owner: stat.value.uid }
      files[`${prefix}${name}`] = { content: shown, mode, ...owner }
    }
  }
  walk(`${directory}/..data`, '')
  return { links, files }
}

/** The recordings looked at subPaths every 5 s, from 20 s on. */
const subPathPolls = { firstMs: 20_000, everyMs: 5000 } as const

/** Tells of what containers see at their subPaths. `startMs`: instant at which the scenario begins. */
export function observeSubPaths(cluster: TimelineCluster, startMs: number, tell: Tell): void {
  const seen = new Map<string, string>()
  const poll = (): void => {
    for (const { fs, kubelet } of cluster.nodes.values())
      for (const pod of kubelet.context?.pods.all() ?? [])
        for (const container of pod.spec.containers)
          for (const [mountIndex, mount] of (container.volumeMounts ?? []).entries()) {
            if (mount.subPath === undefined || mount.subPath === '') continue
            const path = `${subPathDirectory(pod.metadata.uid ?? '', mount.name, container.name)}/${mountIndex}`
            const stat = fs.stat(path)
            if (!stat.ok) continue
            const read = stat.value.type === 'directory' ? undefined : fs.readFile(path)
            const content = read === undefined ? '<dir>' : read.ok ? new TextDecoder().decode(read.value) : ''
            if (seen.get(path) === content) continue
            seen.set(path, content)
            const detail = { pod: pod.metadata.name, container: container.name, mountIndex, content }
            tell('files', 'subPath content', detail)
          }
    cluster.kernel.schedule(subPathPolls.everyMs, poll)
  }
  cluster.kernel.schedule(startMs + subPathPolls.firstMs - cluster.kernel.now(), poll)
}
