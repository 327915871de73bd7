import type { KubeObject } from '../../src/api/types/meta.ts'
import { type Client, type PatchType, type Reply, type RequestError, resources } from '../../src/client/client.ts'
import type { Kernel } from '../../src/kernel/kernel.ts'
import { answered } from '../client/answered.ts'
import { addNeighbours } from './neighbours.ts'
import { createTimelineCluster, type TimelineCluster, type TimelineNode } from './timeline-cluster.ts'
import type { TimelineFile, TimelineRow } from './timeline-format.ts'
import { observeApi, observeFiles, observeJournal, observeSubPaths } from './timeline-observers.ts'

export interface TimelineRun {
  readonly rows: readonly TimelineRow[]
  readonly cluster: TimelineCluster
}

export interface PlayOptions {
  /** Lines of the user that are left out. */
  readonly skip?: (row: TimelineRow) => boolean
  /** Told of each line as it is written down; `act` does something else as the user. */
  readonly onLine?: (
    row: TimelineRow,
    cluster: TimelineCluster,
    act: (what: string, detail: TimelineRow['detail']) => void,
  ) => void
}

/** Plays the `user` and `operator` lines of a recording and writes down what the simulated cluster does. */
export function playTimeline(file: TimelineFile, seed: string, options: PlayOptions = {}): TimelineRun {
  const rows: TimelineRow[] = []
  let isRecording = false
  const tell = (actor: string, what: string, detail: Readonly<Record<string, unknown>>): void => {
    if (!isRecording) return
    const row = { t: (cluster.kernel.now() - cluster.leadMs) / 1000, actor, what, detail }
    rows.push(row)
    options.onLine?.(row, cluster, act)
  }
  const act = (what: string, detail: TimelineRow['detail']): void => {
    const row = { t: (cluster.kernel.now() - cluster.leadMs) / 1000, actor: 'user', what, detail }
    rows.push(row)
    playUser(cluster, row, namespace, tell)
  }
  const cluster = createTimelineCluster(file, seed, (_node, what, detail) => tell('request', what, detail))
  const { leadMs, kernel, controlPlane, nodes, admin } = cluster
  controlPlane.start()
  const namespace = namespaceOf(file)
  const namespaces = new Set([namespace, `${namespace}-other`])
  observeApi(cluster, namespaces, tell)
  observeJournal(cluster, tell)
  observeFiles(cluster, tell)
  observeSubPaths(cluster, leadMs, tell)
  if (cluster.minor >= 20) grantRootCaPublisher(cluster)
  for (const name of namespaces) create(kernel, admin, resources.namespaces, namespaceObject(name), undefined, made)
  for (const { kubelet } of [...nodes.values(), ...cluster.others]) kubelet.start()
  addNeighbours(cluster, file)
  kernel.runUntil(leadMs - 10_000)
  if (file.nodeTTLAnnotation !== null && file.nodeTTLAnnotation !== undefined)
    for (const name of nodes.keys()) annotateNode(admin, name, String(file.nodeTTLAnnotation))
  kernel.runUntil(leadMs - 1)
  isRecording = true
  const opensBeforeReadyMs = cluster.random.stream('judge/server').integer(portToReadyMs.least, portToReadyMs.most)
  for (const row of file.timeline) {
    if (row.actor !== 'user' && row.actor !== 'operator') continue
    if (row.what === 'API server stops') {
      const { t } = file.timeline.find((each) => each.t > row.t && each.what === 'API server answers again') ?? row
      const openAt = leadMs + Math.round(t * 1000) - opensBeforeReadyMs
      kernel.schedule(openAt - kernel.now(), () => openServer(cluster))
    }
    if (options.skip?.(row) === true) continue
    const at = leadMs + Math.round(row.t * 1000)
    if (at > kernel.now()) kernel.runUntil(at)
    rows.push(row)
    if (row.actor === 'user') playUser(cluster, row, namespace, tell)
    else playOperator(cluster, row, tell)
  }
  kernel.runUntil(leadMs + Math.round(file.duration * 1000))
  return { rows, cluster }
}

/** Scenarios live in a namespace of their own; the scheduler's events name it. */
function namespaceOf(file: TimelineFile): string {
  for (const { actor, what, detail } of file.timeline) {
    const match = actor === 'event' && what === 'Scheduled' ? /assigned ([^/]+)\//.exec(String(detail.message)) : null
    if (match?.[1] !== undefined) return match[1]
  }
  return (file.nodes[0] ?? 'scenario').replace(/-n\d+$/, '')
}

/** The publisher of kube-root-ca.crt has a role of its own in these versions. */
function grantRootCaPublisher({ kernel, admin }: TimelineCluster): void {
  const group = 'rbac.authorization.k8s.io'
  const binding = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'judge-root-ca-publisher' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'root-ca-cert-publisher', namespace: 'kube-system' }],
  }
  create(kernel, admin, { group, version: 'v1', resource: 'clusterrolebindings' }, binding, undefined, made)
}

function namespaceObject(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

function annotateNode(admin: Client, name: string, ttl: string): void {
  const patch = { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': ttl } } }
  answered(admin.patch(resources.nodes, { name }, 'application/merge-patch+json', patch), () => undefined)
}

const plurals: Readonly<Record<string, { group: string; version: string; resource: string }>> = {
  secret: resources.secrets,
  pod: resources.pods,
  replicaset: { group: 'apps', version: 'v1', resource: 'replicasets' },
}

/** How a request of the user ended: 200, 201, or the code of the refusal; undefined: the server could not be reached. */
type Answered = (code: number | undefined, refusal?: RequestError) => void

function codeOf(error: RequestError): number | undefined {
  return error.kind === 'status' ? error.status.code : undefined
}

/** What the set-up needs is there. */
const made: Answered = (code, refusal) => {
  if (code !== 201) throw new Error(`cannot set up: ${JSON.stringify(refusal)}`)
}

/** A name that is still being deleted is waited for, as the recorded user did. */
function create(
  kernel: Kernel,
  admin: Client,
  resource: { group: string; version: string; resource: string },
  object: KubeObject,
  namespace: string | undefined,
  ends: Answered,
  tries = 100,
): void {
  const placed = namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } }
  answered(admin.create(resource, placed), (reply) => {
    if (reply.ok) {
      ends(201)
      return
    }
    const isLeaving = reply.error.kind === 'status' && /object is being deleted/.test(reply.error.status.message ?? '')
    if (isLeaving && tries > 0) {
      kernel.schedule(100, () => create(kernel, admin, resource, object, namespace, ends, tries - 1))
      return
    }
    ends(codeOf(reply.error), reply.error)
  })
}

/** A step of the user. What the server says to it is written down as a line of the actor `answer`. */
function playUser(cluster: TimelineCluster, { what, detail }: TimelineRow, namespace: string, tell: Tell): void {
  const { admin } = cluster
  const [verb = '', kind = ''] = what.split(' ')
  if (verb === 'note') {
    noteStep(cluster, String(detail.text))
    return
  }
  const resource = plurals[kind]
  if (resource === undefined) throw new Error(`unknown step ${what}`)
  const key = { namespace, name: String(detail.name) }
  const object = detail.object as KubeObject
  const ends: Answered = (code) => tell('answer', `to ${what}`, { name: key.name, code })
  const done = (reply: Reply<unknown>): void => ends(reply.ok ? 200 : codeOf(reply.error))
  switch (verb) {
    case 'create':
      // One that was refused was not tried again.
      create(cluster.kernel, admin, resource, object, namespace, ends, isRefused(detail) ? 0 : undefined)
      return
    case 'update':
      answered(admin.get(resource, key), (reply) => {
        const current = reply.ok ? reply.value.metadata.resourceVersion : undefined
        const metadata = {
          ...object.metadata,
          namespace,
          ...(current === undefined ? {} : { resourceVersion: current }),
        }
        answered(admin.update(resource, { ...object, metadata }), done)
      })
      return
    case 'patch': {
      const type: PatchType = 'application/strategic-merge-patch+json'
      answered(admin.patch(resource, key, type, object), done)
      return
    }
    case 'delete': {
      const grace = /gracePeriodSeconds=(\d+)/.exec(String(detail.options ?? ''))?.[1]
      answered(admin.delete(resource, key, grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }), done)
      return
    }
    default:
      throw new Error(`unknown step ${what}`)
  }
}

/** The recorded server said no. */
function isRefused({ status }: TimelineRow['detail']): boolean {
  return typeof status === 'number' && status >= 400
}

/** `secret "shared" exists only in namespace x`: made there. */
function noteStep(cluster: TimelineCluster, text: string): void {
  const match = /^secret "([^"]+)" exists only in namespace (\S+)$/.exec(text)
  if (match === null) return
  const [, name = '', namespace = ''] = match
  create(
    cluster.kernel,
    cluster.admin,
    resources.secrets,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
    namespace,
    made,
  )
}

type Tell = (actor: string, what: string, detail: TimelineRow['detail']) => void

/** A poller of the node's files sees the directories without their mounts. */
function tellLostVolumes({ fs, kubelet }: TimelineNode, tell: Tell): void {
  for (const { mountPoint } of fs.tmpfsUsage()) {
    const match = /pods\/([^/]+)\/volumes\/[^/]+\/([^/]+)$/.exec(mountPoint)
    const pod = kubelet.context?.pods.get(match?.[1] ?? '')?.metadata.name
    if (match === null || pod === undefined) continue
    tell('files', 'tmpfs unmounted', { pod, volume: match[2] })
    tell('files', 'content', { pod, volume: match[2], links: {}, files: {} })
  }
}

/** Recorded servers answered the first requests this long before they called themselves ready, which the recorder waited for. */
const portToReadyMs = { least: 1100, most: 1700 } as const

/** Another process has opened its port. */
function openServer(cluster: TimelineCluster): void {
  cluster.outage.isOn = false
  cluster.controlPlane.serverStartsAnew()
  for (const link of cluster.links) link.endOutage()
}

function playOperator(cluster: TimelineCluster, { what, detail }: TimelineRow, tell: Tell): void {
  const node = cluster.nodes.get(String(detail.node))
  if (what === 'API server stops') {
    cluster.outage.isOn = true
    for (const link of cluster.links) link.beginOutage()
  } else if (what === 'API server answers again') {
    // Its port has been open for a while.
  } else if (what === 'kubelet stop') node?.kubelet.stop()
  else if (what === 'kubelet start') node?.kubelet.start()
  else if (what.startsWith('node goes down')) {
    if (node !== undefined) tellLostVolumes(node, tell)
    node?.kubelet.stop()
    node?.runtime.reboot()
    node?.fs.reboot()
    node?.kubelet.machineRebooted()
  } else if (what.startsWith('node is back')) node?.kubelet.start()
  else throw new Error(`unknown step ${what}`)
}
