/** A manifest on its way through kustomize, with what is remembered of its names. */
import { isObject } from '../go/json.ts'
import { refuse } from './loader.ts'

/** JSON that belongs to this build alone and is changed in place. A key behind which nothing is written has the value undefined (kustomize 5). */
export interface Body {
  [key: string]: unknown
}

/** Group, version and kind; the core group is the empty text. */
export interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** What a resource was called at some time. */
export interface ResourceId extends Gvk {
  readonly name: string
  readonly namespace: string
}

/** What a generator does when an object of its name is there. */
export type Behavior = 'unspecified' | 'create' | 'merge' | 'replace'

export interface Resource {
  body: Body
  /** Names before each change, oldest first. */
  previous: ResourceId[]
  /** Every prefix and suffix added, in the order of adding. */
  prefixes: string[]
  suffixes: string[]
  behavior: Behavior
  needsHash: boolean
}

/** A resource that has had no other name yet. */
export function newResource(body: Body, options: { behavior?: Behavior; needsHash?: boolean } = {}): Resource {
  return {
    body,
    previous: [],
    prefixes: [],
    suffixes: [],
    behavior: options.behavior ?? 'unspecified',
    needsHash: options.needsHash ?? false,
  }
}

/** Read from apiVersion and kind. */
export function gvkOf(body: Body): Gvk {
  const apiVersion = textOf(body.apiVersion)
  const slash = apiVersion.indexOf('/')
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1),
    kind: textOf(body.kind),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value) : ''
}

/** The metadata to be read; empty where there is none. */
export function metadataOf(body: Body): Body {
  return isObject(body.metadata) ? (body.metadata as Body) : {}
}

/** The metadata of a body, made where it is missing, to be changed. */
export function ownMetadata(body: Body): Body {
  if (!isObject(body.metadata)) body.metadata = {}
  return body.metadata as Body
}

/** What a resource is called now. */
export function currentId(resource: Resource): ResourceId {
  const { name, namespace } = metadataOf(resource.body)
  return { ...gvkOf(resource.body), name: textOf(name), namespace: textOf(namespace) }
}

/** What a resource was called when it was read or generated. */
export function originalId(resource: Resource): ResourceId {
  return resource.previous[0] ?? currentId(resource)
}

/** To be called before a name or namespace changes. */
export function rememberId(resource: Resource): void {
  resource.previous.push(currentId(resource))
}

/** Kinds without a namespace. Source: kyaml openapi, precomputed namespaceability; v2.0.3 knows only some of them. */
const clusterKinds = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ComponentStatus',
  'CustomResourceDefinition',
  'FlowSchema',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PodSecurityPolicy',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
])
const clusterKindsV2 = new Set([
  'APIService',
  'ClusterRoleBinding',
  'ClusterRole',
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
])

/** Whether objects of a kind have no namespace, as that kustomize knows it. */
export function isClusterScoped({ kind }: Gvk, generation: 'v2' | 'v5'): boolean {
  return (generation === 'v2' ? clusterKindsV2 : clusterKinds).has(kind)
}

/** An absent namespace is `default`. Source: kyaml resid, IsNsEquals. */
export function effectiveNamespace(id: ResourceId): string {
  if (isClusterScoped(id, 'v5')) return '_non_namespaceable_'
  return id.namespace === '' ? 'default' : id.namespace
}

/** All three parts are equal. */
export function isSameGvk(a: Gvk, b: Gvk): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind
}

/** Same kind and name in the same effective namespace. */
export function isSameId(a: ResourceId, b: ResourceId): boolean {
  return isSameGvk(a, b) && a.name === b.name && effectiveNamespace(a) === effectiveNamespace(b)
}

/** Empty fields of a selector match anything. */
export function isSelectedBy(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.group === '' || selector.group === gvk.group) &&
    (selector.version === '' || selector.version === gvk.version) &&
    (selector.kind === '' || selector.kind === gvk.kind)
  )
}

/** As kustomize 5 prints an id: `Secret.v1.[noGrp]/s.[noNs]`. Source: kyaml resid, ResId.String. */
export function idText({ group, version, kind, name, namespace }: ResourceId): string {
  const gvk = [kind || '[noKind]', version || '[noVer]', group || '[noGrp]'].join('.')
  return `${gvk}/${name || '[noName]'}.${namespace || '[noNs]'}`
}

/** As Go's %#v prints an id of kustomize 5. */
export function idSyntax(id: ResourceId): string {
  const gvk = `resid.Gvk{Group:"${id.group}", Version:"${id.version}", Kind:"${id.kind}", isClusterScoped:${isClusterScoped(id, 'v5')}}`
  return `resid.ResId{Gvk:${gvk}, Name:"${id.name}", Namespace:"${id.namespace}"}`
}

/** As Go's %#v prints an id of kustomize 2.0.3. */
export function idSyntaxV2(id: ResourceId, prefix = '', suffix = ''): string {
  const gvk = `gvk.Gvk{Group:"${id.group}", Version:"${id.version}", Kind:"${id.kind}"}`
  return `resid.ResId{gvKind:${gvk}, name:"${id.name}", prefix:"${prefix}", suffix:"${suffix}", namespace:"${id.namespace}"}`
}

/** Texts of a map; values that are no texts are left out. */
export function textMap(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** A copy that shares nothing. */
export function cloneJson<T>(value: T): T {
  return structuredJsonClone(value) as T // the copy has the shape of what is copied
}

function structuredJsonClone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredJsonClone)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredJsonClone(item)]))
}

/** Where nothing is written stands a `null`, to all but strategic merges. */
export function withWrittenNulls(body: Body): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, writtenNulls(value)]))
}

function writtenNulls(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(writtenNulls)
  return isObject(value) ? withWrittenNulls(value as Body) : value // a map
}

/** All values as the texts that they are written as: `null` and numbers, too. Source: kyaml yaml/rnode.go, getMapFromMeta. */
export function writtenTexts(map: Body): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value === undefined ? '' : String(value)]))
}

/** Adds resources; two of one id are refused (kustomize 4 and 5). Source: api resmap/reswrangler.go, Append. */
export function appendResources(resources: Resource[], more: readonly Resource[]): void {
  for (const resource of more) {
    const id = currentId(resource)
    if (resources.some((one) => isSameId(currentId(one), id))) {
      refuse(`may not add resource with an already registered id: ${idText(id)}`)
    }
    resources.push(resource)
  }
}
