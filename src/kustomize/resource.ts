/** A manifest on its way through kustomize, with what is remembered of its names. */
import { goJson, isObject } from '../go/json.ts'
import { refuse } from './loader.ts'
import { readAgain, writtenText } from './plain-scalar.ts'

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
  const isScalar = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
  return isScalar ? writtenText(value) : ''
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
  return idOf(resource.body)
}

/** What a body calls itself. */
export function idOf(body: Body): ResourceId {
  const { name, namespace } = metadataOf(body)
  return { ...gvkOf(body), name: textOf(name), namespace: textOf(namespace) }
}

/** What a resource was called when it was read or generated. */
export function originalId(resource: Resource): ResourceId {
  return resource.previous[0] ?? currentId(resource)
}

/** To be called before a name or namespace changes. */
export function rememberId(resource: Resource): void {
  resource.previous.push(currentId(resource))
}

/**
 * Kinds without a namespace, by the versions that are compiled in; all others have one, later versions of these, too. Source: kyaml
 * openapi/openapi.go, precomputedIsNamespaceScoped; v2.0.3 knows only some of them.
 */
const clusterKinds: Readonly<Record<string, readonly string[]>> = {
  'admissionregistration.k8s.io/v1': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  'admissionregistration.k8s.io/v1beta1': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'apiextensions.k8s.io/v1beta1': ['CustomResourceDefinition'],
  'apiregistration.k8s.io/v1': ['APIService'],
  'apiregistration.k8s.io/v1beta1': ['APIService'],
  'certificates.k8s.io/v1': ['CertificateSigningRequest'],
  'certificates.k8s.io/v1beta1': ['CertificateSigningRequest'],
  'flowcontrol.apiserver.k8s.io/v1beta1': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io/v1': ['IngressClass'],
  'networking.k8s.io/v1beta1': ['IngressClass'],
  'node.k8s.io/v1': ['RuntimeClass'],
  'node.k8s.io/v1beta1': ['RuntimeClass'],
  'policy/v1beta1': ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding'],
  'rbac.authorization.k8s.io/v1beta1': ['ClusterRole', 'ClusterRoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'scheduling.k8s.io/v1beta1': ['PriorityClass'],
  'storage.k8s.io/v1': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
  'storage.k8s.io/v1beta1': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
  v1: ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
}
const clusterKindsV5 = new Set(
  Object.entries(clusterKinds).flatMap(([at, kinds]) => kinds.map((kind) => `${at}/${kind}`)),
)
const clusterKindsV2 = new Set([
  'APIService',
  'ClusterRoleBinding',
  'ClusterRole',
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
])

/** Whether objects of a kind have no namespace, as that kustomize knows it. */
export function isClusterScoped({ group, version, kind }: Gvk, generation: 'v2' | 'v5'): boolean {
  if (generation === 'v2') return clusterKindsV2.has(kind)
  return clusterKindsV5.has(`${group === '' ? '' : `${group}/`}${version}/${kind}`)
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

/** As kustomize 5 prints a kind: `Secret.v1.[noGrp]`. Source: kyaml resid, Gvk.String. */
export function gvkText({ group, version, kind }: Gvk): string {
  return [kind || '[noKind]', version || '[noVer]', group || '[noGrp]'].join('.')
}

/** As kustomize 5 prints an id: `Secret.v1.[noGrp]/s.[noNs]`. Source: kyaml resid, ResId.String. */
export function idText({ group, version, kind, name, namespace }: ResourceId): string {
  return `${gvkText({ group, version, kind })}/${name || '[noName]'}.${namespace || '[noNs]'}`
}

/** As Go's %#v prints an id of kustomize 5. */
export function idSyntax(id: ResourceId): string {
  const gvk = `resid.Gvk{Group:"${id.group}", Version:"${id.version}", Kind:"${id.kind}", isClusterScoped:${isClusterScoped(id, 'v5')}}`
  return `resid.ResId{Gvk:${gvk}, Name:"${id.name}", Namespace:"${id.namespace}"}`
}

/** As kustomize 2.0.3 prints a kind. */
export function gvkTextV2({ group, version, kind }: Gvk): string {
  return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`
}

/** As kustomize 2.0.3 prints an id. Source: v2.0.3 pkg/resid/resid.go, String. */
export function idTextV2(id: ResourceId, prefix = '', suffix = ''): string {
  return [gvkTextV2(id), id.namespace || '~X', prefix || '~P', id.name || '~N', suffix || '~S'].join('|')
}

/** As Go's %#v prints an id of kustomize 2.0.3. */
export function idSyntaxV2(id: ResourceId, prefix = '', suffix = ''): string {
  const gvk = `gvk.Gvk{Group:"${id.group}", Version:"${id.version}", Kind:"${id.kind}"}`
  return `resid.ResId{gvKind:${gvk}, name:"${id.name}", prefix:"${prefix}", suffix:"${suffix}", namespace:"${id.namespace}"}`
}

/** What the build remembers in annotations of a resource while it lasts. Source: api internal/utils/annotations.go, BuildAnnotations. */
export function buildAnnotations(resource: Resource): Readonly<Record<string, string>> {
  const { previous, prefixes, suffixes, behavior, needsHash } = resource
  const list = (name: string, texts: readonly string[]): Record<string, string> => {
    const given = texts.filter((text) => text !== '')
    return given.length === 0 ? {} : { [`internal.config.kubernetes.io/${name}`]: given.join(',') }
  }
  return {
    ...list(
      'previousNames',
      previous.map(({ name }) => name),
    ),
    ...list('previousNamespaces', previous.map(effectiveNamespace)),
    ...list(
      'previousKinds',
      previous.map(({ kind }) => kind),
    ),
    ...list('prefixes', prefixes),
    ...list('suffixes', suffixes),
    // What a file brought has none.
    ...list('generatorBehavior', [behavior !== 'unspecified' || needsHash ? behavior : '']),
    ...list('needsHashSuffix', [needsHash ? 'enabled' : '']),
  }
}

/** A resource as errors of kustomize 5 show it: with what the build remembers. Source: api resource/resource.go, String. */
export function shownResource(resource: Resource): string {
  const { body } = resource
  const { annotations } = metadataOf(body)
  const metadata = {
    ...metadataOf(body),
    annotations: { ...(isObject(annotations) ? annotations : {}), ...buildAnnotations(resource) },
  }
  return goJson(Object.keys(metadata.annotations).length === 0 ? body : { ...withWrittenNulls(body), metadata })
}

/** Texts of a map; values that are no texts are left out. */
export function textMap(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
      .map(([key, text]) => [key, writtenText(text)]),
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

/** As JSON has it: where nothing is written stands a `null`, to all but strategic merges, and what was kept as it is written is read. */
export function withWrittenNulls(body: Body): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, writtenNulls(value)]))
}

function writtenNulls(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(writtenNulls)
  return isObject(value) ? withWrittenNulls(value as Body) : readAgain(value) // a map
}

/** All values as the texts that they are written as: `null` and numbers, too. Source: kyaml yaml/rnode.go, getMapFromMeta. */
export function writtenTexts(map: Body): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      key,
      value === undefined || isObject(value) || Array.isArray(value) ? '' : writtenText(value),
    ]),
  )
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
