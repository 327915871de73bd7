import type { JsonObject } from '../../api/json.ts'
import { applyJsonPatch } from '../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { PatchError } from '../../api/patch/patch-error.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { type Definition, schemaOf } from '../../api/schema/schema.ts'
import { isObject } from '../../go/json.ts'
import { parseGoJson } from '../../go/parse-json.ts'
import { fail } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import type { Info } from '../resource/info.ts'

/** The object as the patch makes it, without the server. Source: kubectl pkg/cmd/patch/patch.go, getPatchedJSON. */
export function patchedLocally(session: Session, info: Info, kind: string, body: string): unknown {
  const definition = kind === 'strategic' ? definitionOf(session, info) : undefined
  const patch = parsed(kind, body)
  try {
    if (Array.isArray(patch)) return withOperations(info.object, patch)
    if (definition === undefined) return applyMergePatch(info.object, patch)
    return applyStrategicMergePatch(
      info.object as JsonObject, // from a server or a file
      patch as JsonObject, // parsed, and looked at
      definition,
    )
  } catch (error) {
    if (error instanceof PatchError) return fail(error.message)
    throw error
  }
}

/** Only kinds that kubectl is built with have merge keys. */
function definitionOf({ version }: Session, { mapping }: Info): Definition {
  const definition = schemaOf(version.minor).kind(mapping)
  const name = `${mapping.group}/${mapping.version}, Kind=${mapping.kind}`
  return (
    definition ??
    fail(
      version.localPatchSaysNotSupported
        ? `strategic merge patch is not supported for ${name} locally, try --type merge`
        : `cannot apply strategic merge patch for ${name} locally, try --type merge`,
    )
  )
}

/** Sources: apimachinery pkg/util/mergepatch/errors.go; github.com/evanphx/json-patch merge.go and patch.go. */
function parsed(kind: string, body: string): unknown {
  const parsed = parseGoJson(body)
  if (!parsed.ok)
    return fail(kind === 'strategic' ? 'invalid JSON document' : kind === 'merge' ? 'Invalid JSON Patch' : parsed.error)
  const patch = parsed.value
  if (kind === 'json' && !Array.isArray(patch))
    fail(`json: cannot unmarshal ${goJsonType(patch)} into Go value of type jsonpatch.Patch`)
  if (kind === 'strategic' && !isObject(patch)) fail('invalid JSON document')
  // A list takes the place of the object, which is then none.
  if (kind === 'merge' && Array.isArray(patch))
    fail('json: cannot unmarshal array into Go value of type unstructured.detector')
  if (kind === 'merge' && !isObject(patch)) fail('Invalid JSON Patch')
  return patch
}

function goJsonType(value: unknown): string {
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** One operation at a time, so that the one which fails is told. Source: json-patch v4 patch.go, Patch.Apply. */
function withOperations(object: unknown, operations: readonly unknown[]): unknown {
  return operations.reduce<unknown>((before, operation) => {
    const given = isObject(operation) ? operation : {}
    try {
      return applyJsonPatch(before, [given])
    } catch (error) {
      if (!(error instanceof PatchError)) throw error
      const { op, path } = given
      const isWrapped = typeof op === 'string' && /^Unable/.test(error.message)
      return fail(isWrapped ? `error in ${op} for path: '${String(path)}': ${error.message}` : error.message)
    }
  }, object)
}
