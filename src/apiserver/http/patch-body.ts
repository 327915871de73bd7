import { isObject } from '../../api/json.ts'
import { type KindRef, schemaOf } from '../../api/schema/schema.ts'
import { badRequest, plainError } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import type { PatchType } from '../../client/client.ts'
import { parseGoJson } from '../../go/parse-json.ts'
import { decodeAs, interpret, sortedMembers, withDefaults, yamlToJson } from '../decoding/decode-body.ts'
import { decodeKind } from '../decoding/decode-kind.ts'
import { type FieldValidation, strictError } from '../decoding/field-validation.ts'
import { unstructuredError } from '../decoding/from-unstructured.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'

/** How the body of a PATCH becomes a patch, and what was patched an object. Source: apiserver pkg/endpoints/handlers/patch.go. */

type Patch = { readonly ok: true; readonly patch: unknown } | { readonly ok: false; readonly status: Status }

const genericMap = 'map[string]interface {}'

/** `isStrict`: the request has its fields validated, for which the body is decoded once more before. */
export function decodePatch(text: string, type: PatchType, isStrict: boolean, minor: number): Patch {
  switch (type) {
    case 'application/apply-patch+yaml': {
      const converted = yamlToJson(text, minor)
      if (!converted.ok) return refused(badRequest(`error decoding YAML: ${converted.error}`))
      return { ok: true, patch: JSON.parse(converted.json) }
    }
    case 'application/merge-patch+json':
      return mergePatch(text, isStrict, minor)
    case 'application/json-patch+json':
      return jsonPatch(text, isStrict)
    case 'application/strategic-merge-patch+json': {
      const broken = decodeError(text, genericMap)
      return broken === undefined ? { ok: true, patch: JSON.parse(text) ?? {} } : refused(badRequest(broken))
    }
  }
}

function refused(status: Status): Patch {
  return { ok: false, status }
}

/** What Go says of a text that is to become a map; null is an empty one. */
function decodeError(text: string, wanted: string): string | undefined {
  const parsed = parseGoJson(text)
  if (!parsed.ok) return parsed.error
  const { value } = parsed
  return value === null || isObject(value) ? undefined : cannotUnmarshal(value, wanted)
}

function cannotUnmarshal(value: unknown, wanted: string): string {
  return `json: cannot unmarshal ${goType(value)} into Go value of type ${wanted}`
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function mergePatch(text: string, isStrict: boolean, minor: number): Patch {
  const wrong = isStrict ? decodeError(text, genericMap) : undefined
  if (wrong !== undefined) return refused(badRequest(`error decoding patch: ${wrong}`))
  const parsed = parseGoJson(text)
  const patch = parsed.ok ? parsed.value : undefined
  // The library knows only that it is no patch; a list takes the object's place, and is found wanting later.
  if (isObject(patch) || Array.isArray(patch)) return { ok: true, patch }
  const refuse = apiServerFact('badMergePatchesAreBadRequests', minor) ? badRequest : plainError
  return refused(refuse('Invalid JSON Patch'))
}

function jsonPatch(text: string, isStrict: boolean): Patch {
  const [told, list, operation] = isStrict
    ? ['error decoding patch: ', '[]handlers.jsonPatchOp', 'handlers.jsonPatchOp']
    : ['', 'jsonpatch.Patch', 'jsonpatch.Operation']
  const parsed = parseGoJson(text)
  if (!parsed.ok) return refused(badRequest(`${told}${parsed.error}`))
  const patch = parsed.value
  if (patch === null) return { ok: true, patch: [] }
  if (!Array.isArray(patch)) return refused(badRequest(`${told}${cannotUnmarshal(patch, list)}`))
  const other: unknown = patch.find((item) => !isObject(item))
  return other === undefined ? { ok: true, patch } : refused(badRequest(`${told}${cannotUnmarshal(other, operation)}`))
}

/** A patched document as an object. JSON and merge patches are written out, keys sorted, and decoded like any body. */
export function decodePatched(
  document: unknown,
  type: PatchType,
  kind: KindRef,
  minor: number,
  patchStrict: readonly string[],
  validation: FieldValidation,
): KubeObject | { readonly error: string } {
  const definition = schemaOf(minor).kind(kind)
  if (definition === undefined) {
    const wrong = strictError(patchStrict, validation)
    return wrong === undefined ? (document as KubeObject) : { error: wrong } // a kind without a schema is taken as it is
  }
  const json = JSON.stringify(document, sortedMembers) ?? 'null'
  const isStrategicPatch = type === 'application/strategic-merge-patch+json'
  if (isStrategicPatch) {
    const error = unstructuredError(document, definition, minor)
    if (error !== undefined) return { error }
  }
  const found = interpret(json)
  if (typeof found === 'string') return { error: found }
  // The internal version, which stands for none, has no member that a JSON text could name.
  if (!isStrategicPatch && found.apiVersion === '') return { ...typeOf(kind), metadata: {} as KubeObject['metadata'] }
  const decoded = isStrategicPatch
    ? decodeKind(json, definition, minor)
    : decodeAs(json, withDefaults(found, kind), kind, minor)
  if (!decoded.ok) return { error: decoded.error }
  // The converter that strategic patches go through sorts what it tells.
  const strict = isStrategicPatch ? [...decoded.strict].sort() : decoded.strict
  const wrong = strictError([...patchStrict, ...strict], validation)
  if (wrong !== undefined) return { error: wrong }
  return { ...decoded.value, ...typeOf(kind) } as unknown as KubeObject // decoded as that kind
}

function typeOf(kind: KindRef): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { kind: kind.kind, apiVersion: apiVersionOf(kind) }
}
