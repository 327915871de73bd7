import { ephemeralClaimName } from '../../api/ephemeral-claims.ts'
import { member, type PodReference, referencesOf } from '../../api/pod-references.ts'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { flat, oneText } from '../../kernel/flat-text.ts'

/** Kinds of objects that a node may read because something on it refers to them. */
export type VertexKind =
  | 'secret'
  | 'configMap'
  | 'persistentVolumeClaim'
  | 'persistentVolume'
  | 'serviceAccount'
  | 'volumeAttachment'
  | 'pod'

/**
 * Which node needs what: references from bound Pods and from PersistentVolumes. Objects that are referred to need not
 * exist. Kept as counts per node, so that a question is two looks into maps.
 * Source: plugin/pkg/auth/authorizer/node/graph.go, with the same edges.
 */
export interface NodeGraph {
  /** To be called for Pods with spec.nodeName. A Pod that is known by that uid and node is left as it is. */
  setPod(pod: Pod): void
  deletePod(namespace: string, name: string): void
  setVolume(volume: KubeObject): void
  deleteVolume(name: string): void
  setAttachment(attachment: KubeObject): void
  deleteAttachment(name: string): void
  clear(): void
  /** Whether the node is tied to the object. `namespace` is empty for cluster-scoped kinds. */
  reaches(node: string, kind: VertexKind, namespace: string, name: string): boolean
}

interface PodEntry {
  readonly uid: string | undefined
  readonly node: string
  /** Each vertex once. */
  readonly references: readonly string[]
}

interface VolumeEntry {
  readonly claim: string
  readonly secrets: readonly string[]
}

export function createNodeGraph(): NodeGraph {
  /** Vertex -> node -> number of Pods of that node that refer to the vertex; the node alone, where one Pod does. */
  const nodesByVertex = new Map<string, string | Map<string, number>>()
  const pods = new Map<string, PodEntry>()
  /** Of what Pods of one namespace refer to. */
  const volumes = new Map<string, VolumeEntry>()
  const volumesBySecret = new Map<string, Set<string>>()
  const attachments = new Map<string, string>()

  const count = (vertex: string, node: string, by: 1 | -1): void => {
    const known = nodesByVertex.get(vertex)
    if (known === undefined && by === 1) {
      nodesByVertex.set(vertex, node)
      return
    }
    const nodes = typeof known === 'string' ? new Map([[known, 1]]) : (known ?? new Map<string, number>())
    const next = (nodes.get(node) ?? 0) + by
    if (next > 0) nodes.set(node, next)
    else nodes.delete(node)
    if (nodes.size > 0) nodesByVertex.set(vertex, nodes)
    else nodesByVertex.delete(vertex)
  }
  const isTied = (vertex: string, node: string): boolean => {
    const nodes = nodesByVertex.get(vertex)
    return typeof nodes === 'string' ? nodes === node : nodes?.has(node) === true
  }
  const deletePod: NodeGraph['deletePod'] = (namespace, name) => {
    const key = vertexOf('pod', namespace, name)
    const entry = pods.get(key)
    if (entry === undefined) return
    pods.delete(key)
    for (const vertex of entry.references) count(vertex, entry.node, -1)
  }
  const deleteVolume: NodeGraph['deleteVolume'] = (name) => {
    const entry = volumes.get(name)
    if (entry === undefined) return
    volumes.delete(name)
    for (const secret of entry.secrets) {
      const names = volumesBySecret.get(secret)
      names?.delete(name)
      if (names?.size === 0) volumesBySecret.delete(secret)
    }
  }
  const claimReaches = (volume: string, node: string): boolean => {
    const claim = volumes.get(volume)?.claim
    return claim !== undefined && isTied(claim, node)
  }

  return {
    setPod(pod) {
      const { name, namespace = '', uid } = pod.metadata
      const node = pod.spec.nodeName
      if (node === undefined || node === '') return
      const key = vertexOf('pod', namespace, name)
      const known = pods.get(key)
      if (known !== undefined && known.uid === uid && known.node === node) return
      deletePod(namespace, name)
      const references = verticesOf(pod, namespace)
      pods.set(key, { uid, node, references })
      for (const vertex of references) count(vertex, node, 1)
    },
    deletePod,
    setVolume(volume) {
      const name = volume.metadata.name
      deleteVolume(name)
      const entry = volumeEntry(volume)
      if (entry === undefined) return
      volumes.set(name, entry)
      for (const secret of entry.secrets) {
        const names = volumesBySecret.get(secret) ?? new Set()
        volumesBySecret.set(secret, names.add(name))
      }
    },
    deleteVolume,
    setAttachment(attachment) {
      const node = member(member(attachment, 'spec'), 'nodeName')
      if (typeof node === 'string' && node !== '') attachments.set(attachment.metadata.name, node)
      else attachments.delete(attachment.metadata.name)
    },
    deleteAttachment: (name) => void attachments.delete(name),
    clear() {
      for (const map of [nodesByVertex, pods, volumes, volumesBySecret, attachments]) map.clear()
    },
    reaches(node, kind, namespace, name) {
      if (kind === 'volumeAttachment') return attachments.get(name) === node
      if (kind === 'persistentVolume') return claimReaches(name, node)
      const vertex = vertexOf(kind, namespace, name)
      if (kind === 'pod') return pods.get(vertex)?.node === node
      if (isTied(vertex, node)) return true
      if (kind !== 'secret') return false
      for (const volume of volumesBySecret.get(vertex) ?? []) if (claimReaches(volume, node)) return true
      return false
    },
  }
}

const vertexKinds: Readonly<Record<PodReference['kind'], VertexKind>> = {
  Secret: 'secret',
  ConfigMap: 'configMap',
  PersistentVolumeClaim: 'persistentVolumeClaim',
}

function vertexOf(kind: VertexKind, namespace: string, name: string): string {
  return flat(`${kind} ${namespace}/${name}`)
}

/** A mirror Pod entitles its node to nothing: nodes make these themselves. */
function verticesOf(pod: Pod, namespace: string): readonly string[] {
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return []
  const references = new Set<string>()
  const account = pod.spec.serviceAccountName
  if (account) references.add(oneText(vertexOf('serviceAccount', namespace, account)))
  for (const { kind, name } of referencesOf(pod)) references.add(oneText(vertexOf(vertexKinds[kind], namespace, name)))
  for (const volume of pod.spec.volumes ?? []) {
    const claim = ephemeralClaimName(pod, volume)
    if (claim !== undefined) references.add(oneText(vertexOf('persistentVolumeClaim', namespace, claim)))
  }
  return [...references]
}

/** Volume sources of a PersistentVolume and the field that names a Secret the kubelet reads. */
const volumeSecretFields: readonly (readonly [source: string, field: string])[] = [
  ['azureFile', 'secretName'],
  ['cephfs', 'secretRef'],
  ['cinder', 'secretRef'],
  ['flexVolume', 'secretRef'],
  ['rbd', 'secretRef'],
  ['scaleIO', 'secretRef'],
  ['iscsi', 'secretRef'],
  ['storageos', 'secretRef'],
  ['csi', 'nodePublishSecretRef'],
  ['csi', 'nodeStageSecretRef'],
]

/** Source: pkg/api/v1/persistentvolume/util.go, VisitPVSecretNames: without a namespace it is the claim's. */
function volumeEntry(volume: KubeObject): VolumeEntry | undefined {
  const spec = member(volume, 'spec')
  const claimRef = member(spec, 'claimRef')
  const namespace = member(claimRef, 'namespace')
  const name = member(claimRef, 'name')
  if (typeof namespace !== 'string' || typeof name !== 'string') return undefined
  const secrets: string[] = []
  for (const [source, field] of volumeSecretFields) {
    const reference = member(member(spec, source), field)
    const secret = typeof reference === 'string' ? reference : member(reference, 'name')
    if (typeof secret !== 'string' || secret === '') continue
    const own =
      typeof reference === 'string' ? member(member(spec, source), 'secretNamespace') : member(reference, 'namespace')
    secrets.push(vertexOf('secret', typeof own === 'string' && own !== '' ? own : namespace, secret))
  }
  return { claim: vertexOf('persistentVolumeClaim', namespace, name), secrets }
}
