import type { JsonObject as Json } from '../../api/json.ts'
import { applyJsonPatch } from '../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { PatchError } from '../../api/patch/patch-error.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isObject, type JsonObject } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { serverMinor } from '../resource/server-version.ts'

/** What `--overrides` makes of a generated object. Source: kubectl pkg/cmd/util/override_options.go, NewOverrider; before 1.23 always a merge patch. */
export function* overridden(call: Call, made: JsonObject, kind: 'Pod' | 'Service'): Steps<JsonObject> {
  const text = call.flags.string('overrides')
  if (text === '') return made
  const patched = yield* appliable(patch(call, made, text, kind))
  // A patch that is a list takes the place of the object. Source: json-patch v4 merge.go, doMergePatch.
  if (Array.isArray(patched))
    return fail(
      `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${typeMetaStruct}`,
    )
  if (!isObject(patched)) return fail('Invalid JSON Patch')
  const { spec } = patched
  if (spec !== undefined && !isObject(spec))
    fail(`json: cannot unmarshal ${goType(spec)} into Go struct field ${kind}.spec of type v1.${kind}Spec`)
  return patched
}

/** Source: apimachinery pkg/runtime/serializer/json/meta.go, Interpret. */
const typeMetaStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function* patch(call: Call, made: JsonObject, text: string, kind: string): Steps<unknown> {
  const type = call.flags.string('override-type') || 'merge'
  if (type !== 'merge' && type !== 'strategic' && type !== 'json') return fail(`invalid override type: ${type}`)
  const value = parsed(text)
  if (type === 'json') return Array.isArray(value) ? operated(made, value) : fail('Invalid JSON Patch')
  if (type === 'merge' && Array.isArray(value)) return value
  if (!isObject(value)) return fail('Invalid JSON Patch')
  if (type === 'merge') return applyMergePatch(made, value)
  const definition = schemaOf(yield* serverMinor(call.session)).kind({ group: '', version: 'v1', kind })
  // Both are JSON: one was made of flags, one parsed.
  return applyStrategicMergePatch(made as Json, value as Json, definition)
}

/** A patch that cannot be applied is its author's mistake. */
function* appliable(steps: Steps<unknown>): Steps<unknown> {
  try {
    return yield* steps
  } catch (error) {
    if (error instanceof PatchError) return fail(error.message)
    throw error
  }
}

function operated(made: JsonObject, operations: readonly unknown[]): unknown {
  return applyJsonPatch(
    made,
    operations.map((each) => (isObject(each) ? each : {})),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return fail('Invalid JSON Patch')
  }
}

function goType(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}
