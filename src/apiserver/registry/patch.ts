import { isObject, type JsonObject } from '../../api/json.ts'
import { applyJsonPatch, maxOperations, type PatchOperation } from '../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { PatchError } from '../../api/patch/patch-error.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { type Definition, schemaOf } from '../../api/schema/schema.ts'
import {
  badRequest,
  genericStatus,
  invalidStatus,
  notFoundStatus,
  plainError,
  requestTooLarge,
} from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { invalid } from '../../api/validation/field-errors.ts'
import type { PatchType } from '../../client/client.ts'
import { TypedPatch } from '../../client/typed-patch.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { withManagedFields } from '../ownership/ownership.ts'
import { apiServerFact } from '../version-facts.ts'
import type { RegistryCore, WriteRequest } from './core.ts'
import { fromMaps } from './nil-bytes.ts'
import { patchEcho } from './patch-echo.ts'
import { toServed } from './resource-table.ts'
import { checkName, storeUpdate, type Updated, type UpdateRules } from './update.ts'

/** What a patched document becomes: an object of the stored version with its defaults, or why it is none. */
export type DecodePatched = (document: unknown) => KubeObject | { readonly error: string }

/** Patches of what is stored; server-side apply is another matter. */
export type MergingPatchType = Exclude<PatchType, 'application/apply-patch+yaml'>

/**
 * Applies a patch to what is stored. `decode` turns the patched document into an object; its error is the decoder's.
 * Source: apiserver pkg/endpoints/handlers/patch.go.
 */
export function patchObject(
  core: RegistryCore,
  request: WriteRequest,
  type: MergingPatchType,
  given: unknown,
  rules: UpdateRules,
  decode: DecodePatched,
): Updated | Status {
  const { served, namespace, name } = request
  const existing = served.collection.get(namespace, name)
  if (existing === undefined) return notFoundStatus(served.info, name)
  // Objects that are stored are decoded and have their defaults.
  const known = given instanceof TypedPatch ? appliedByType(core, existing, given) : undefined
  if (known !== undefined)
    return checkName(known, request, core.context.minor) ?? storeUpdate(core, request, known, existing, rules)
  const patch = given instanceof TypedPatch ? given.document : given
  const document = patched(core, request, existing, type, patch)
  if (isRefusal(document)) return document.refused
  const object = decode(document.value)
  if ('error' in object) return undecodable(core, request, existing, document.value, patch, type, object.error)
  const isOfMaps = type === 'application/strategic-merge-patch+json'
  const next = isOfMaps ? fromMaps(object, document.value, core.context.minor) : object
  return checkName(next, request, core.context.minor) ?? storeUpdate(core, request, next, existing, rules)
}

function appliedByType({ context }: RegistryCore, existing: KubeObject, patch: TypedPatch): KubeObject | undefined {
  return patch.appliedTo(existing, apiServerFact('patchesDiscardNulls', context.minor))
}

/** Source: applyPatchToCurrentObject of jsonPatcher and smpPatcher: a bad result blames the patch, with an empty kind. */
function undecodable(
  { context }: RegistryCore,
  { served }: WriteRequest,
  existing: KubeObject,
  document: unknown,
  patch: unknown,
  type: PatchType,
  error: string,
): Status {
  const shown =
    type === 'application/strategic-merge-patch+json'
      ? goMapText(patch)
      : documentText(existing, document, schemaOf(context.minor).kind(served.info))
  return invalidStatus({ group: '', kind: '' }, '', [invalid('patch', shown, error)])
}

/** With the owners of fields, which the document was patched without for their cost alone; stored objects have no self link. */
function documentText(existing: KubeObject, document: unknown, definition: Definition | undefined): string {
  const { selfLink: _link, ...metadata } = withManagedFields(existing).metadata
  const before = { ...existing, metadata }
  if (!isObject(document) || !isObject(document.metadata)) return patchEcho(document, before, definition)
  const { selfLink: _other, ...patched } = document.metadata
  const { managedFields } = metadata as { readonly managedFields?: unknown } // what clients see
  const isUntouched = document.metadata === (existing.metadata as unknown)
  const now = managedFields === undefined ? patched : { ...patched, managedFields }
  return patchEcho({ ...document, metadata: isUntouched ? metadata : now }, before, definition)
}

/** A value as Go's `%+v` prints maps and lists of interfaces. */
function goMapText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMapText).join(' ')}]`
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${key}:${goMapText(value[key])}`)
    return `map[${members.join(' ')}]`
  }
  return value === null || value === undefined ? '<nil>' : String(value)
}

type Patched = { readonly value: unknown } | { readonly refused: Status }

function isRefusal(patched: Patched): patched is { readonly refused: Status } {
  return 'refused' in patched
}

function patched(
  core: RegistryCore,
  request: WriteRequest,
  existing: KubeObject,
  type: MergingPatchType,
  patch: unknown,
): Patched {
  const { served } = request
  const stored = mentionsOwners(patch) ? withManagedFields(existing) : existing
  const document = toServed(stored, served)
  try {
    switch (type) {
      case 'application/json-patch+json': {
        const operations = patch as readonly PatchOperation[] // checked to be a list by who decoded it
        if (operations.length > maxOperations) {
          const found = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`
          return { refused: requestTooLarge(found) }
        }
        return { value: applyJsonPatch(document, operations) }
      }
      case 'application/merge-patch+json':
        return { value: applyMergePatch(document, patch, has(core.context.minor, apiServer.mergedListsKeepNulls)) }
      case 'application/strategic-merge-patch+json': {
        const { group, version, kind } = served.info
        const definition = schemaOf(core.context.minor).kind({ group, version, kind })
        const value = applyStrategicMergePatch(
          document as unknown as JsonObject, // API objects are JSON
          patch as JsonObject, // checked to be an object by who decoded it
          definition,
          apiServerFact('patchesDiscardNulls', core.context.minor),
        )
        return { value }
      }
    }
  } catch (error) {
    if (error instanceof PatchError) return { refused: patchRefusal(error) }
    throw error
  }
}

/** Whether a patch reaches for `metadata.managedFields`. */
function mentionsOwners(patch: unknown): boolean {
  if (Array.isArray(patch)) return patch.some((operation) => JSON.stringify(operation).includes('/managedFields'))
  return isObject(patch) && isObject(patch.metadata) && Object.hasOwn(patch.metadata, 'managedFields')
}

/** Source: handlers/patch.go, applyJSPatch and interpretStrategicMergePatchError. */
function patchRefusal(error: PatchError): Status {
  switch (error.kind) {
    case 'malformed':
      return badRequest(error.message)
    case 'failed':
      return genericStatus(422)
    case 'internal':
      return plainError(error.message)
  }
}
