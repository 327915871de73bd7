import { isObject, type JsonObject } from '../../api/json.ts'
import { compare } from '../../api/ownership/compare.ts'
import { difference, hasPath, union } from '../../api/ownership/field-set.ts'
import {
  type Application,
  type Applied,
  applied,
  equalManaged,
  type FieldConflict,
  type Managed,
  nobody,
  updated,
} from '../../api/ownership/managed.ts'
import { applyConflict } from '../../api/ownership/managed-fields.ts'
import { fieldsOf } from '../../api/ownership/typed.ts'
import { typedError } from '../../api/ownership/validate-typed.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { badRequest, conflict, isStatus, plainError } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { goJson, textAt } from '../../go/json.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { unstructuredError } from '../decoding/from-unstructured.ts'
import { endpointOf, shapeOfServed } from '../ownership/endpoints.ts'
import { Ownership, ownershipOf } from '../ownership/ownership.ts'
import type { RegistryCore, WriteRequest } from './core.ts'
import { fromMaps } from './nil-bytes.ts'
import type { DecodePatched } from './patch.ts'
import { toServed } from './resource-table.ts'
import { checkName, storeUpdate, type Updated, type UpdateRules } from './update.ts'

/** Source: kubectl's annotation, apimachinery pkg/util/managedfields/internal/lastapplied.go. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Server-side apply: the manager owns what the configuration names, and what it named before and no longer does goes.
 * Source: apiserver pkg/endpoints/handlers/patch.go, applyPatcher; apimachinery pkg/util/managedfields/internal/structuredmerge.go.
 */
export function applyObject(
  core: RegistryCore,
  request: WriteRequest,
  config: unknown,
  force: boolean,
  rules: UpdateRules,
  decode: DecodePatched,
): Updated | Status {
  const { served, namespace, name } = request
  const { minor } = core.context
  const existing = served.collection.get(namespace, name)
  if (!isObject(config)) return badRequest('error decoding YAML: the configuration is no object')
  const wrong = configError(core, request, config)
  if (wrong !== undefined) return wrong
  const before = existing === undefined ? nobody : (ownershipOf(existing)?.managed() ?? nobody)
  const outcome = merged(core, request, config, existing, before, force)
  if (!outcome.ok) return applyConflict(outcome.conflicts)
  const document = withLastApplied(request, config, outcome.object)
  const read = decoded(core, request, config, document, decode)
  if (isStatus(read)) return read
  const object = fromMaps(read, document, minor)
  const uid = object.metadata.uid ?? ''
  if (existing === undefined && uid !== '') {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    return conflict(served.info, name, why)
  }
  const timesCount = !has(minor, apiServer.ignoresNewTimesOfOwners) && !outcome.isSame
  const changed = timesCount || !equalManaged(outcome.managed, before)
  const ownership = Ownership.known(outcome.managed)
  return (
    checkName(object, request, core.context.minor) ??
    storeUpdate(core, request, object, existing, rules, { object, ownership, changed })
  )
}

/** `/v1, Kind=Secret`, `apps/v1, Kind=Deployment`, as Go prints a GroupVersionKind. */
function kindText(config: JsonObject): string {
  const apiVersion = textAt(config, 'apiVersion')
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
  return `${version}, Kind=${textAt(config, 'kind')}`
}

function described(config: JsonObject): string {
  return `(${textAt(config, 'metadata', 'namespace')}/${textAt(config, 'metadata', 'name')}; ${kindText(config)})`
}

/** What is wrong with a configuration before it is merged. */
function configError(core: RegistryCore, { served }: WriteRequest, config: JsonObject): Status | undefined {
  const { minor } = core.context
  const [apiVersion, kind] = [textAt(config, 'apiVersion'), textAt(config, 'kind')]
  const isOther = apiVersion !== served.apiVersion || kind !== served.info.kind
  if (isOther && has(minor, apiServer.checksAppliedKind)) return badRequest(`invalid object type: ${kindText(config)}`)
  if (apiVersion !== served.apiVersion) {
    const found = `Specified patch version: ${apiVersion}, expected: ${served.apiVersion}`
    return badRequest(`Incorrect version specified in apply patch. ${found}`)
  }
  const { metadata } = config
  if (isObject(metadata) && metadata.managedFields !== undefined && metadata.managedFields !== null)
    return badRequest('metadata.managedFields must be nil')
  const error = typedError(shapeOfServed(served, minor), config)
  if (error === undefined) return undefined
  const which = has(minor, apiServer.namesAppliedObjects) ? ` ${described(config)}` : ''
  return plainError(`failed to create typed patch object${which}: ${error}`)
}

function merged(
  core: RegistryCore,
  request: WriteRequest,
  config: JsonObject,
  existing: KubeObject | undefined,
  before: Managed,
  force: boolean,
): Applied {
  const { context } = core
  const { who, shape, ignored } = endpointOf(core, request)
  const live = existing === undefined ? {} : toServed(existing, request.served)
  const time = context.calendar.at(context.kernel.now())
  const application: Application = {
    ...{ shape: shape(), live, config, ignored, time, force },
    managed: before,
    datesIdle: !has(context.minor, apiServer.leavesTimesOfIdleApplies),
    who: { ...who, operation: 'Apply' },
  }
  if (before.size > 0 || existing === undefined) return upgraded(application, context.minor)
  // What was there before anybody counted has an owner of its own. Source: skipnonapplied.go, Apply.
  const first = { ...who, manager: 'before-first-apply' }
  const managed = updated(nobody, first, compare(application.shape, {}, live), time)
  return upgraded({ ...application, managed }, context.minor)
}

/**
 * kubectl takes over without conflict what it applied from the client before: what the annotation says and the object still has.
 * Source: lastappliedmanager.go, Apply.
 */
function upgraded(application: Application, minor: number): Applied {
  const outcome = applied(application)
  const { who, shape, live } = application
  if (outcome.ok || who.manager !== 'kubectl' || !has(minor, apiServer.upgradesClientSideApply)) return outcome
  const config = annotated(live)
  if (config === undefined || textAt(config, 'apiVersion') !== who.apiVersion) return outcome
  if (typedError(shape, config) !== undefined) return outcome
  const { modified, added, removed } = compare(shape, config, live, false)
  const allowed = difference(fieldsOf(shape, config), union(union(modified, added), removed))
  const conflicts: readonly FieldConflict[] = outcome.conflicts.filter(({ path }) => !hasPath(allowed, path))
  return conflicts.length > 0 ? { ok: false, conflicts } : applied({ ...application, force: true })
}

/** The configuration that kubectl applied last from the client. */
function annotated(live: unknown): JsonObject | undefined {
  const text = textAt(live, 'metadata', 'annotations', lastApplied)
  if (text === '') return undefined
  try {
    const config: unknown = JSON.parse(text)
    return isObject(config) ? config : undefined
  } catch {
    return undefined
  }
}

/** kubectl's annotation follows, where there is one. Source: lastappliedupdater.go, Apply. */
function withLastApplied({ manager }: WriteRequest, config: JsonObject, object: unknown): unknown {
  if (manager !== 'kubectl' || !isObject(object) || textAt(object, 'metadata', 'annotations', lastApplied) === '')
    return object
  const metadata = isObject(object.metadata) ? object.metadata : {}
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {}
  const text = `${goJson(withoutAnnotation(config))}\n`
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [lastApplied]: text } } }
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const { metadata } = config
  if (!isObject(metadata) || !isObject(metadata.annotations)) return config
  const { [lastApplied]: _own, ...annotations } = metadata.annotations
  return { ...config, metadata: { ...metadata, annotations } }
}

/** The merged document as an object; the converter's word for what it can't be. */
function decoded(
  core: RegistryCore,
  { served }: WriteRequest,
  config: JsonObject,
  document: unknown,
  decode: DecodePatched,
): KubeObject | Status {
  const { group, version, kind } = served.info
  const definition = schemaOf(core.context.minor).kind({ group, version, kind })
  const error = definition === undefined ? undefined : unstructuredError(document, definition, core.context.minor)
  if (error !== undefined) {
    const found = `unable to convert unstructured object to ${kindText(config)}: ${error}`
    const which = has(core.context.minor, apiServer.namesAppliedObjects) ? ` ${described(config)}` : ''
    return plainError(`failed to convert new object${which} to proper version: ${found}`)
  }
  const object = decode(document)
  return 'error' in object ? badRequest(object.error) : object
}
