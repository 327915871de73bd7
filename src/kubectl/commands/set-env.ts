/** `kubectl set env`. Source: kubectl pkg/cmd/set/set_env.go; pkg/cmd/set/env. */
import { envVarName } from '../../api/validation/formats.ts'
import { utf8Text } from '../../bytes/bytes.ts'
import { compareBytes, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { attemptNow, fail, failAll } from '../cli/failure.ts'
import { namesFiles } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { tellResolved, variableText } from './env-references.ts'
import { matches, podSpecPath, withContainers } from './set-containers.ts'
import { changeObjects } from './set-objects.ts'
import { targetsOf } from './workloads.ts'
import { checkOutput } from './write.ts'

/** Resources come before the first `key=value` or `key-`; `late` is one that does not. Source: helpers.go, GetResourcesAndPairs. */
export function splitPairs(args: readonly string[]): {
  readonly resources: readonly string[]
  readonly pairs: readonly string[]
  readonly late: string | undefined
} {
  const isPair = (arg: string): boolean => arg.indexOf('=') > 0 || arg.endsWith('-')
  const first = args.findIndex(isPair)
  if (first < 0) return { resources: args, pairs: [], late: undefined }
  const pairs = args.slice(first)
  return { resources: args.slice(0, first), pairs, late: pairs.find((arg) => !isPair(arg)) }
}

interface EnvChanges {
  readonly set: readonly JsonObject[]
  readonly remove: readonly string[]
}

/** Source: kubectl pkg/cmd/set/set_env.go. */
export function* setEnv(call: Call): Steps<number> {
  checkOutput(call)
  const { session, flags } = call
  const { resources, pairs, late } = splitPairs(call.args)
  if (flags.bool('all') && flags.string('selector') !== '') fail('cannot set --all and --selector at the same time')
  if (late !== undefined) fail(`all resources must be specified before environment changes: ${call.args.join(' ')}`)
  if (resources.length === 0 && !namesFiles(flags))
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (flags.bool('list') && flags.string('output') !== '') fail('--list and --output may not be specified together')
  if (flags.list('keys').length > 0 && flags.string('from') === '')
    fail('when specifying --keys, a configmap or secret must be provided with --from')
  const changes = yield* envChanges(call, [...flags.list('env'), ...pairs])
  const hasChanges = changes.set.length > 0 || changes.remove.length > 0
  const change = (info: Info): unknown => {
    let isReached = false
    const changed = withContainers(info, (container) => {
      const isInit = listAt(info.object, ...podSpecPath(info), 'initContainers').some(
        (one) => textAt(one, 'name') === container.name,
      )
      if ((isInit && !session.version.setEnvReachesInit) || !matches(container, flags.string('containers')))
        return container
      isReached = true
      if (!flags.bool('overwrite')) refuseOverwrites(container, changes)
      return hasChanges ? withEnv(container, changes) : container
    })
    if (!isReached) {
      const word = session.version.warnsInOneVoice ? 'Warning' : 'warning'
      session.err(
        `${word}: ${info.mapping.kind}/${info.name} does not have any containers matching ${goQuote(flags.string('containers'))}\n`,
      )
    }
    return changed
  }
  if (!flags.bool('list'))
    return yield* changeObjects(call, resources, {
      done: 'env updated',
      problem: 'failed to patch env update to pod template:',
      change,
    })
  const { infos, failures } = yield* targetsOf(call, resources, { isTyped: true })
  failAll(failures)
  for (const info of infos) {
    // What cannot be changed is not told.
    const result = attemptNow(() => change(info))
    if (!result.ok) continue
    const changed = result.value
    const fields = session.version.setEnvReachesInit ? ['containers', 'initContainers'] : ['containers']
    for (const container of fields.flatMap((field) => listAt(changed, ...podSpecPath(info), field))) {
      if (!matches(container, flags.string('containers'))) continue
      session.out(`# ${info.mapping.kind} ${info.name}, container ${textAt(container, 'name')}\n`)
      if (flags.bool('resolve')) yield* tellResolved(call, info, container)
      else for (const variable of listAt(container, 'env')) session.out(`${variableText(variable)}\n`)
    }
  }
  return 0
}

function* envChanges(call: Call, pairs: readonly string[]): Steps<EnvChanges> {
  const { flags } = call
  const set: JsonObject[] = []
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (pair === '-') set.push(...typedIn(call))
    else if (equals > 0) set.push({ name: envName(call, pair.slice(0, equals)), value: pair.slice(equals + 1) })
    else if (pair.endsWith('-')) remove.push(pair.slice(0, -1))
    else fail(`unknown environment variable: ${pair}`)
  }
  if (set.some(({ name }) => remove.includes(String(name))))
    fail('can not both modify and remove the same environment variable in the same command')
  const prefix = flags.string('prefix')
  const all = [...set, ...(flags.string('from') === '' ? [] : yield* fromReferences(call, flags.string('from')))]
  return { set: prefix === '' ? all : all.map((one) => ({ ...one, name: prefix + String(one.name) })), remove }
}

/** Source: pkg/cmd/set/env/env_parse.go, parseIntoEnvVar; of 1.20 with a pattern of its own. */
function envName({ session }: Call, name: string): string {
  if (!session.version.setEnvChecksNames) {
    if (!/^\w+$/.test(name))
      fail('environment variables must be of the form key=value and can only contain letters, numbers, and underscores')
    return name
  }
  const problems = envVarName(name)
  return problems.length === 0 ? name : fail(`${goQuote(name)} is not a valid key name: ${problems.join(';')}`)
}

/** `-`: lines of standard input, up to a `#`. Source: env_parse.go, readEnv. */
function typedIn({ session }: Call): readonly JsonObject[] {
  const lines = utf8Text(session.host.stdin ?? new Uint8Array()).split('\n')
  return lines.flatMap((line) => {
    const text = line.replace(/#.*/s, '').replace(/\r$/, '')
    const equals = text.indexOf('=')
    return equals < 0 ? [] : [{ name: text.slice(0, equals), value: text.slice(equals + 1) }]
  })
}

function* fromReferences(call: Call, from: string): Steps<readonly JsonObject[]> {
  const { session, flags } = call
  const { infos, failures } = partition((yield* select(session, { args: [from] })).entries)
  failAll(failures)
  const keys = flags.list('keys')
  return infos.flatMap((info) => {
    const field = info.mapping.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'
    if (info.mapping.kind !== 'Secret' && info.mapping.kind !== 'ConfigMap')
      fail('unsupported resource specified in --from')
    return Object.keys(objectAt(info.object, 'data'))
      .sort(compareBytes)
      .filter((key) => keys.length === 0 || keys.includes(key))
      .map((key) => {
        const name = key.replace(/[^A-Za-z0-9_]/g, '_').toUpperCase()
        if (session.version.warnsOfTransferredKeys && name !== key)
          session.err(`Warning: key ${key} transferred to ${name}\n`)
        return { name, valueFrom: { [field]: { name: info.name, key } } }
      })
  })
}

function refuseOverwrites(container: JsonObject, changes: EnvChanges): void {
  const existing = new Map(
    listAt(container, 'env').map((variable) => [textAt(variable, 'name'), textAt(variable, 'value')]),
  )
  // The same value once more is no overwriting. Source: set_env.go, validateNoOverwrites.
  const taken = changes.set.find((one) => {
    const value = existing.get(String(one.name))
    return value !== undefined && value !== textAt(one, 'value')
  })
  if (taken !== undefined) {
    const name = String(taken.name)
    fail(`'${name}' already has a value (${existing.get(name) ?? ''}), and --overwrite is false`)
  }
}

function withEnv(container: JsonObject, changes: EnvChanges): JsonObject {
  const replaced = new Map(changes.set.map((one) => [String(one.name), one]))
  const kept = listAt(container, 'env')
    .filter((variable) => !changes.remove.includes(textAt(variable, 'name')))
    .map((variable) => {
      const next = replaced.get(textAt(variable, 'name'))
      replaced.delete(textAt(variable, 'name'))
      return next ?? variable
    })
  const { env: _, ...others } = container
  const env = [...kept, ...replaced.values()]
  return env.length === 0 ? others : { ...container, env }
}
