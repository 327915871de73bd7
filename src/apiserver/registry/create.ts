import { withPartsInCommon } from '../../api/container-parts.ts'
import { generateName, randomUuid } from '../../api/generate-name.ts'
import { setMember } from '../../api/json.ts'
import {
  alreadyExists,
  badRequest,
  generateNameConflict,
  invalidStatus,
  isStatus,
  methodNotSupported,
  plainError,
  serverTimeout,
} from '../../api/status.ts'
import type { KubeObject, ObjectMeta, Status } from '../../api/types/meta.ts'
import { type FieldError, joined, none } from '../../api/validation/field-errors.ts'
import {
  type NameRule,
  pathSegmentName,
  validateKubeFinalizers,
  validateObjectMeta,
} from '../../api/validation/validate-meta.ts'
import { RecentTexts } from '../../kernel/recent-texts.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import { accounted } from '../ownership/endpoints.ts'
import { type Ownership, setOwnership } from '../ownership/ownership.ts'
import { admit, type RegistryCore, refused, timestamp, validateAdmission, type WriteRequest } from './core.ts'
import { nameRuleOf } from './name-rule.ts'
import { withoutDuplicateOwners } from './owner-duplicates.ts'
import type { ServedResource } from './resource-table.ts'
import { parseResourceVersion } from './resource-version.ts'
import { hasGeneration, refusedKind, type Strategy } from './strategy.ts'

/**
 * Stores a new object: mutating admission, system fields and name, validation, validating admission, store.
 * `object` has its defaults. Source: apiserver pkg/registry/generic/registry/store.go, Create; rest/create.go, BeforeCreate.
 */
export function createObject(core: RegistryCore, request: WriteRequest, object: KubeObject): KubeObject | Status {
  if (!request.served.info.verbs.includes('create')) {
    return methodNotSupported(request.served.info, 'create')
  }
  const named = withoutDuplicateOwners(object, core.context.minor)
  if (named.warning !== undefined) request.warn?.(named.warning)
  const { object: own, ownership } = accounted(core, request, named.object, undefined)
  const admitted = admit(core, request, 'CREATE', own, undefined)
  if (admitted === undefined || refused(admitted)) return admitted ?? own
  const given = admitted as KubeObject // a Status of success does not come from admission
  const isGenerated = (given.metadata.name ?? '') === '' && (given.metadata.generateName ?? '') !== ''
  const attempts = isGenerated ? factAt(generateNameAttempts, core.context.minor) : 1
  for (let attempt = 1; ; attempt++) {
    const prepared = beforeCreate(core, request, given)
    if (refused(prepared)) return prepared
    const created = insert(core, request, prepared as KubeObject, ownership) // not refused
    const isTaken = isStatus(created) && created.reason === 'AlreadyExists'
    if (!isTaken || attempt === attempts) return created
  }
}

/** How often the server draws another name when the one that it drew is taken. */
const generateNameAttempts: VersionedFact<number> = {
  source:
    'apiserver pkg/registry/generic/registry/store.go, maxNameGenerationCreateAttempts; facts/apiserver.md section 12',
  initially: 1,
  since: [[31, 8]],
}

/** Whether a name that was drawn and is taken answers 409 rather than 500. Source: apimachinery errors.go, NewGenerateNameConflict. */
const generateNameConflicts: VersionedFact<boolean> = {
  source: 'apiserver pkg/registry/rest/create.go, CheckGeneratedNameError; facts/apiserver.md section 12',
  initially: false,
  since: [[23, true]],
}

/** What PUT does when the object is missing and the resource creates on update; admission has run. */
export function createOnUpdate(
  core: RegistryCore,
  request: WriteRequest,
  object: KubeObject,
  ownership: Ownership | undefined,
): KubeObject | Status {
  // The version is that of the storage layer to set. Source: apiserver pkg/storage/etcd3/store.go, GuaranteedUpdate.
  const { resourceVersion: _given, ...metadata } = object.metadata
  const prepared = beforeCreate(core, request, { ...object, metadata })
  return refused(prepared) ? prepared : insert(core, request, prepared as KubeObject, ownership) // not refused
}

function insert(
  core: RegistryCore,
  request: WriteRequest,
  object: KubeObject,
  ownership: Ownership | undefined,
): KubeObject | Status {
  const { served } = request
  const { collection } = served
  const rejected = validateAdmission(core, request, 'CREATE', object, undefined)
  if (rejected !== undefined) return rejected
  const { name, namespace = '', resourceVersion } = object.metadata
  const version = parseResourceVersion(resourceVersion)
  if (typeof version === 'string') return plainError(version)
  if (version !== 0) return plainError('resourceVersion should not be set on objects to be created')
  const existing = collection.get(namespace, name)
  if (existing !== undefined) return existsStatus(object, existing, served, core.context.minor)
  return request.dryRun ? setOwnership(object, ownership) : collection.create(withPartsInCommon(object), ownership)
}

function existsStatus(
  object: KubeObject,
  existing: KubeObject,
  { info, strategy }: ServedResource,
  minor: number,
): Status {
  if ((object.metadata.generateName ?? '') !== '') {
    if (factAt(generateNameConflicts, minor)) return generateNameConflict(info, object.metadata.name)
    return serverTimeout({ group: info.group, resource: strategy.kind }, 'POST', 0)
  }
  const status = alreadyExists(info, object.metadata.name)
  if (existing.metadata.deletionTimestamp === undefined) return status
  return { ...status, message: `object is being deleted: ${status.message}` }
}

function beforeCreate(core: RegistryCore, request: WriteRequest, object: KubeObject): KubeObject | Status {
  const { served } = request
  const { strategy } = served
  const placed = placeInNamespace(object, request, strategy.namespaced)
  if (placed === undefined) {
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const whole = { ...object, metadata: placed }
  const cleared = strategy.begin?.(whole, undefined, core.context, request.dryRun) ?? whole
  if (isStatus(cleared)) return cleared
  const prepared = strategy.prepareForCreate?.(cleared, core.context, request.user) ?? cleared
  // Nobody else holds the copy that was made here: it is filled in its place.
  const isOwn = prepared.metadata === placed
  const metadata = withSystemFields(core, isOwn ? placed : { ...prepared.metadata }, served)
  const named = isOwn ? prepared : { ...prepared, metadata }
  const complete = strategy.completeForCreate?.(named, core.context) ?? named
  const errors = createErrors(core, strategy, complete)
  if (errors.length > 0) return invalidStatus(refusedKind(strategy, core.context.minor), metadata.name ?? '', errors)
  if (request.warn !== undefined)
    for (const text of strategy.warningsOnCreate?.(complete, core.context) ?? []) request.warn(text)
  return strategy.canonicalize?.(complete) ?? complete
}

function createErrors({ context }: RegistryCore, strategy: Strategy, object: KubeObject): readonly FieldError[] {
  const { metadata } = object
  const own = () => strategy.validate?.(object, context) ?? none
  const ofMetadata = (rule: NameRule) => validateObjectMeta(metadata, strategy.namespaced, rule, context.minor)
  if (strategy.leavesMetadata === true) {
    const errors = own()
    return errors.length > 0 ? errors : ofMetadata(pathSegmentName)
  }
  const finalizers = strategy.takesAnyFinalizer === true ? none : validateKubeFinalizers(metadata)
  return joined(ofMetadata(nameRuleOf(strategy, context)), finalizers, own())
}

/**
 * Metadata with the namespace of the request and without what only the server sets; undefined when the object names
 * another namespace. A copy made member by member: taking members out by destructuring costs three times as much.
 */
function placeInNamespace(object: KubeObject, request: WriteRequest, namespaced: boolean): OwnMeta | undefined {
  const { metadata } = object
  const own = metadata.namespace ?? ''
  if (namespaced && own !== '' && own !== request.namespace) return undefined
  const placed = {} as OwnMeta // its members follow
  for (const key in metadata) {
    if (!notTaken.has(key)) setMember(placed, key, metadata[key as keyof ObjectMeta]) // a key of metadata
  }
  if (namespaced) placed.namespace = request.namespace
  return placed
}

/** A copy that is still being made. */
type OwnMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] }

/** Members of metadata that a new object gets from the server, whatever was given. Source: rest/create.go, BeforeCreate. */
const notTaken: ReadonlySet<string> = new Set([
  'namespace',
  'selfLink',
  'clusterName',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
])

/** The metadata, filled in. Source: rest/meta.go, FillObjectMetaSystemFields; GenerateName. */
function withSystemFields(core: RegistryCore, meta: OwnMeta, served: ServedResource): ObjectMeta {
  const base = meta.generateName ?? ''
  const { names, uids } = served.info.resource === 'endpointslices' ? core.ofSlices : core
  meta.name = (meta.name ?? '') === '' && base !== '' ? generateName(base, names) : meta.name
  if (hasSelfLinks(core)) meta.selfLink = selfLinkOf(served, meta.namespace ?? '', meta.name)
  meta.uid = randomUuid(uids)
  meta.creationTimestamp = timestamp(core)
  if (hasGeneration(served.strategy, core.context.minor)) meta.generation = 1
  return meta
}

const selfLinks: VersionedFact<boolean> = {
  source: 'pkg/features/kube_features.go, RemoveSelfLink; facts/apiserver.md section 12',
  initially: true,
  since: [[20, false]],
}

/** Whether objects and lists say where they are. */
export function hasSelfLinks({ context }: RegistryCore): boolean {
  return factAt(selfLinks, context.minor)
}

/** `/api/v1/namespaces/vault/secrets/db`. */
export function selfLinkOf({ apiVersion, info }: ServedResource, namespace: string, name: string): string {
  const root = info.group === '' ? `/api/${info.version}` : `/apis/${apiVersion}`
  const place = namespace === '' ? '' : `/namespaces/${namespace}`
  // What lies beside each other has all but the name in common: joined to it, a link takes half of what it takes in one piece.
  return name === '' ? `${root}${place}/${info.resource}` : places.one(`${root}${place}/${info.resource}/`) + name
}

const places = new RecentTexts()
