import { youngVerb } from '../../versions/served-kinds.ts'
import type { ResourceRef } from '../types/meta.ts'
import { type KindRef, schemaOf } from './schema.ts'

/** Which resources a version serves, read off its paths, and what `/api` and `/apis` answer. */

export interface SubresourceInfo {
  readonly name: string
  readonly kind: KindRef
  readonly verbs: readonly string[]
}

export interface ResourceInfo extends ResourceRef {
  readonly kind: string
  readonly namespaced: boolean
  /** Sorted, as discovery gives them. */
  readonly verbs: readonly string[]
  /** Told for custom resources only. */
  readonly singularName?: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: ReadonlyMap<string, SubresourceInfo>
}

/** Source: pkg/registry, the ShortNames of each storage; apiextensions-apiserver customresourcedefinition/etcd.go. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  certificatesigningrequests: ['csr'],
  componentstatuses: ['cs'],
  configmaps: ['cm'],
  cronjobs: ['cj'],
  customresourcedefinitions: ['crd', 'crds'],
  daemonsets: ['ds'],
  deployments: ['deploy'],
  endpoints: ['ep'],
  events: ['ev'],
  horizontalpodautoscalers: ['hpa'],
  ingresses: ['ing'],
  limitranges: ['limits'],
  namespaces: ['ns'],
  networkpolicies: ['netpol'],
  nodes: ['no'],
  persistentvolumeclaims: ['pvc'],
  persistentvolumes: ['pv'],
  poddisruptionbudgets: ['pdb'],
  pods: ['po'],
  podsecuritypolicies: ['psp'],
  priorityclasses: ['pc'],
  replicasets: ['rs'],
  replicationcontrollers: ['rc'],
  resourcequotas: ['quota'],
  serviceaccounts: ['sa'],
  services: ['svc'],
  statefulsets: ['sts'],
  storageclasses: ['sc'],
}

/** Source: pkg/registry, the Categories of each storage. */
const inAll: ReadonlySet<string> = new Set([
  'cronjobs',
  'daemonsets',
  'deployments',
  'horizontalpodautoscalers',
  'jobs',
  'pods',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
])

const verbOfAction: Readonly<Record<string, string>> = {
  get: 'get',
  list: 'list',
  post: 'create',
  put: 'update',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deletecollection',
  watch: 'watch',
  watchlist: 'watch',
}

export interface Discovery {
  /** All resources, sorted by group, version and name. */
  readonly resources: readonly ResourceInfo[]
  /** By group, version and plural. */
  resource(ref: ResourceRef): ResourceInfo | undefined
  /** Versions of a group, preferred first. */
  versions(group: string): readonly string[]
  /** Groups in the order in which `/apis` lists them; the legacy group is not among them. */
  readonly groups: readonly string[]
}

const known = new Map<number, Discovery>()

/** What the API server of a minor version serves. */
export function discoveryOf(minor: number): Discovery {
  const made = known.get(minor)
  if (made !== undefined) return made
  const discovery = readPaths(minor)
  known.set(minor, discovery)
  return discovery
}

interface Draft {
  readonly ref: ResourceRef
  kind: string
  namespaced: boolean
  readonly verbs: Set<string>
  readonly subresources: Map<string, { kind: KindRef; verbs: Set<string> }>
}

function readPaths(minor: number): Discovery {
  const drafts = new Map<string, Draft>()
  for (const [path, operations] of schemaOf(minor).paths) {
    const parsed = parsePath(path)
    if (parsed === undefined) continue
    const key = keyOf(parsed.ref)
    let draft = drafts.get(key)
    if (draft === undefined) {
      draft = { ref: parsed.ref, kind: '', namespaced: false, verbs: new Set(), subresources: new Map() }
      drafts.set(key, draft)
    }
    if (parsed.namespaced) draft.namespaced = true
    for (const { method, action, kind } of operations) {
      const verb = verbOfAction[action === 'connect' ? method : action]
      if (parsed.subresource !== undefined) {
        const sub = draft.subresources.get(parsed.subresource) ?? {
          kind: kind ?? { group: '', version: '', kind: '' },
          verbs: new Set<string>(),
        }
        if (verb !== undefined) sub.verbs.add(verb)
        draft.subresources.set(parsed.subresource, sub)
        continue
      }
      if (verb !== undefined) draft.verbs.add(verb)
      if (draft.kind === '') draft.kind = kind?.kind ?? ''
    }
  }
  for (const { ref, verbs } of drafts.values()) {
    const young = ref.group === '' ? youngVerb(ref.resource, minor) : undefined
    if (young !== undefined) verbs.add(young)
  }
  const resources = [...drafts.values()].map(finish).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const byKey = new Map(resources.map((info) => [keyOf(info), info]))
  const groups = groupOrder(resources)
  return {
    resources,
    resource: (ref) => byKey.get(keyOf(ref)),
    groups: [...groups.keys()].filter((group) => group !== ''),
    versions: (group) => groups.get(group) ?? [],
  }
}

function keyOf(ref: ResourceRef): string {
  return `${ref.group}/${ref.version}/${ref.resource}`
}

function finish(draft: Draft): ResourceInfo {
  const subresources = [...draft.subresources].map(([name, { kind, verbs }]): [string, SubresourceInfo] => [
    name,
    { name, kind, verbs: [...verbs].sort() },
  ])
  return {
    ...draft.ref,
    kind: draft.kind,
    namespaced: draft.namespaced,
    verbs: [...draft.verbs].sort(),
    shortNames: shortNames[draft.ref.resource] ?? [],
    categories: inAll.has(draft.ref.resource) ? ['all'] : [],
    subresources: new Map(subresources),
  }
}

interface ParsedPath {
  readonly ref: ResourceRef
  readonly namespaced: boolean
  readonly subresource: string | undefined
}

/** Takes `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale` apart; undefined for paths without a resource. */
function parsePath(path: string): ParsedPath | undefined {
  const parts = path.split('/').filter((part) => part !== '')
  const root = parts.shift()
  if (root !== 'api' && root !== 'apis') return undefined
  const group = root === 'api' ? '' : (parts.shift() ?? '')
  const version = parts.shift()
  if (version === undefined || parts.length === 0) return undefined
  if (parts[0] === 'watch') parts.shift()
  const namespaced = parts[0] === 'namespaces' && parts[1] === '{namespace}' && parts.length > 2
  if (namespaced) parts.splice(0, 2)
  const resource = parts.shift()
  if (resource === undefined) return undefined
  const rest = parts.filter((part) => !part.startsWith('{'))
  return { ref: { group, version, resource }, namespaced, subresource: rest.length === 0 ? undefined : rest.join('/') }
}

/** Stable versions before beta before alpha, higher numbers first. Source: apimachinery pkg/version/helpers.go. */
export function compareVersions(a: string, b: string): number {
  const parse = (text: string) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text)
  const [left, right] = [parse(a), parse(b)]
  if (left === null || right === null) return a < b ? -1 : 1
  const stage = (match: RegExpExecArray) => (match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0)
  return (
    stage(right) - stage(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0)
  )
}

/** Order of `/apis`: priority of the aggregator's API services. Source: cmd/kube-apiserver/app/aggregator.go, apiVersionPriorities. */
const groupPriorities: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'extensions',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'auditregistration.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

function groupOrder(resources: readonly ResourceInfo[]): Map<string, readonly string[]> {
  const versions = new Map<string, Set<string>>()
  for (const { group, version } of resources) {
    const set = versions.get(group) ?? new Set<string>()
    set.add(version)
    versions.set(group, set)
  }
  const rank = (group: string) => {
    const at = groupPriorities.indexOf(group)
    return at < 0 ? groupPriorities.length : at
  }
  const groups = [...versions.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return new Map(groups.map((group) => [group, [...(versions.get(group) ?? [])].sort(compareVersions)]))
}
