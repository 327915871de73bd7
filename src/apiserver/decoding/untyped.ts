import { JsonReader } from '../../api/decoding/json-reader.ts'
import { goQuote } from '../../go/quote.ts'

const operationFields: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value'])

/**
 * What strict decoding says of a patch: members that come twice, and in the operations of a JSON patch those that are
 * unknown. Only valid JSON comes here. Source: apiserver handlers/patch.go, applyJSPatch and strategicPatchObject.
 */
export function patchErrors(json: string, isJsonPatch: boolean): readonly string[] {
  const errors = new Set<string>()
  value(new JsonReader(json), '', isJsonPatch, errors)
  return [...errors].map((error) => (isJsonPatch ? `json patch ${error}` : error))
}

/** Deeper values are not looked into: no kind has them, and the stack is not endless. */
const depthMax = 1000

function value(reader: JsonReader, path: string, isJsonPatch: boolean, errors: Set<string>, depth = 0): void {
  const kind = depth > depthMax ? 'null' : reader.peek()
  if (kind === 'array') {
    for (const at of reader.items()) value(reader, `${path}[${at}]`, isJsonPatch, errors, depth + 1)
    return
  }
  if (kind !== 'object') {
    reader.skip()
    return
  }
  const seen = new Set<string>()
  for (const name of reader.members()) {
    const inner = path === '' ? name : `${path}.${name}`
    if (seen.has(name)) errors.add(`duplicate field ${goQuote(inner)}`)
    seen.add(name)
    if (isJsonPatch && depth === 1 && !operationFields.has(name)) errors.add(`unknown field ${goQuote(inner)}`)
    value(reader, inner, isJsonPatch, errors, depth + 1)
  }
}
