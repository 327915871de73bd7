/** What variables refer to, in words and looked up. Source: kubectl pkg/cmd/set/env/env_resolve.go. */
import { quantityMilliValue, quantityValue } from '../../api/quantity.ts'
import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import { at, compareBytes, isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { resourcePath } from '../api/discovery.ts'
import type { Call } from '../cli/command.ts'
import { attempt, fail, failureMessage } from '../cli/failure.ts'
import type { Info } from '../resource/info.ts'

/** `A=b`, or where it is from. Source: GetEnvVarRefString. */
export function variableText(variable: unknown): string {
  const from = at(variable, 'valueFrom')
  const name = textAt(variable, 'name')
  if (!isObject(from)) return `${name}=${textAt(variable, 'value')}`
  const reference = (field: string, what: string): string =>
    `${what} ${textAt(from, field, 'name')}, key ${textAt(from, field, 'key')}`
  const text = isObject(from.configMapKeyRef)
    ? reference('configMapKeyRef', 'configmap')
    : isObject(from.secretKeyRef)
      ? reference('secretKeyRef', 'secret')
      : isObject(from.fieldRef)
        ? `field path ${textAt(from, 'fieldRef', 'fieldPath')}`
        : `resource field ${textAt(from, 'resourceFieldRef', 'containerName')}.${textAt(from, 'resourceFieldRef', 'resource')}`
  return `# ${name} from ${text}`
}

/** Lists the variables of a container with the values that they refer to; what cannot be looked up is told after them. Source: set_env.go, RunEnv. */
export function* tellResolved(call: Call, info: Info, container: unknown): Steps<void> {
  const { session } = call
  const problems = new Map<string, string[]>()
  for (const variable of listAt(container, 'env')) {
    const name = textAt(variable, 'name')
    const from = at(variable, 'valueFrom')
    const found = isObject(from) ? yield* attempt(referredValue(call, info, container, from)) : undefined
    if (found?.ok === true) session.out(`${name}=${found.value}\n`)
    else session.out(`${variableText(variable)}\n`)
    if (found?.ok !== false) continue
    const text = failureMessage(found.failure)
    problems.set(text, [...(problems.get(text) ?? []), name])
  }
  const lines = [...problems].map(
    ([text, names]) => `error retrieving reference for ${names.sort(compareBytes).join(', ')}: ${text}\n`,
  )
  session.err(lines.sort(compareBytes).join(''))
}

/** Source: GetEnvVarRefValue. */
function* referredValue(
  call: Call,
  info: Info,
  container: unknown,
  from: Readonly<Record<string, unknown>>,
): Steps<string> {
  if (isObject(from.secretKeyRef)) return yield* valueOfKey(call, info, 'secrets', from.secretKeyRef)
  if (isObject(from.configMapKeyRef)) return yield* valueOfKey(call, info, 'configmaps', from.configMapKeyRef)
  if (isObject(from.fieldRef)) return fieldValue(info, textAt(from, 'fieldRef', 'fieldPath'))
  return resourceValue(info, container, from)
}

function* valueOfKey(call: Call, info: Info, resource: 'secrets' | 'configmaps', ref: object): Steps<string> {
  const { session } = call
  const [name, key] = [textAt(ref, 'name'), textAt(ref, 'key')]
  const mapping = yield* session.discovery.find(resource)
  const object = yield* session.rest.request('GET', resourcePath(mapping, info.namespace || session.namespace, name))
  const data = objectAt(object, 'data')
  if (data === undefined || !Object.hasOwn(data, key))
    return fail(`key ${key} not found in ${resource === 'secrets' ? 'secret' : 'config map'} ${name}`)
  const value = String(data[key])
  return resource === 'secrets' ? utf8Text(fromBase64(value) ?? new Uint8Array()) : value
}

/** Source: getFieldRef, ExtractFieldPathAsString. */
function fieldValue({ object }: Info, path: string): string {
  const [, field = '', key] = /^metadata\.(labels|annotations)(?:\['(.*)'\])?$/.exec(path) ?? []
  if (key !== undefined) return textAt(object, 'metadata', field, key)
  if (field !== '') {
    const map = objectAt(object, 'metadata', field) ?? {}
    const rows = Object.keys(map).sort(compareBytes)
    return rows.map((each) => `${each}=${goQuote(String(map[each]))}`).join('\n')
  }
  if (!/^metadata\.(?:name|namespace|uid)$/.test(path)) return fail(`unsupported fieldPath: ${path}`)
  return textAt(object, ...path.split('.'))
}

/** A container's own amount, in whole divisors, rounded up. Source: extractContainerResourceValue. */
function resourceValue(info: Info, own: unknown, from: Readonly<Record<string, unknown>>): string {
  const [resource, named] = [
    textAt(from, 'resourceFieldRef', 'resource'),
    textAt(from, 'resourceFieldRef', 'containerName'),
  ]
  const container =
    named === '' ? own : listAt(info.object, 'spec', 'containers').find((each) => textAt(each, 'name') === named)
  if (container === undefined) return fail(`container ${named} not found`)
  const [list = '', kind = ''] = resource.split('.')
  if (!/^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage)$/.test(resource))
    return fail(`Unsupported container resource : ${resource}`)
  const amount = textAt(container, 'resources', list, kind) || '0'
  const divisor = textAt(from, 'resourceFieldRef', 'divisor')
  const [value, unit] = [amount, divisor === '' || divisor === '0' ? '1' : divisor].map(
    kind === 'cpu' ? quantityMilliValue : quantityValue,
  )
  return String(Math.ceil((value ?? 0) / (unit ?? 1)))
}
