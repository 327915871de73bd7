import { withValue } from '../../api/change.ts'
import { canonicalQuantity, parseQuantity } from '../../api/quantity.ts'
import { at, compareBytes, isObject, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { compileRegexp, quoteMeta } from '../../go/regexp.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attemptNow, fail, failAll, failNotSimulated } from '../cli/failure.ts'
import { array, bool, type FlagSpec, string, strings } from '../cli/flags.ts'
import { filenameFlags, namesFiles } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { recordFlags } from './change-cause.ts'
import { changeObjects } from './set-objects.ts'
import { setSelector, setSubject, subjectFlags } from './set-rbac.ts'
import { targetsOf } from './workloads.ts'
import { checkOutput, plainWriteFlags } from './write.ts'

/** Source: kubectl pkg/cmd/set. */
const named: readonly FlagSpec[] = [...plainWriteFlags, ...filenameFlags, bool('all'), bool('local')]

/** Of those that know objects by their labels. */
const common: readonly FlagSpec[] = [...named, string('selector', 'l')]

export const setCommand: Command = {
  name: 'set',
  short: 'Set specific features on objects',
  usage: 'SUBCOMMAND [options]',
  long: 'Configure application resources \n\n These commands help you make changes to existing application resources.',
  modernLong:
    'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  children: [
    {
      name: 'env',
      short: 'Update environment variables on a pod template',
      flags: [
        ...common,
        string('containers', 'c', '*'),
        string('from'),
        string('prefix'),
        array('env', 'e'),
        strings('keys'),
        bool('list'),
        bool('resolve'),
        bool('overwrite', undefined, 'true'),
      ],
      run: setEnv,
    },
    {
      name: 'image',
      short: 'Update image of a pod template',
      modernShort: 'Update the image of a pod template',
      flags: [...common, ...recordFlags],
      run: setImage,
    },
    {
      name: 'resources',
      short: 'Update resource requests/limits on objects with pod templates',
      flags: [...common, ...recordFlags, string('containers', 'c', '*'), string('limits'), string('requests')],
      run: setResources,
    },
    {
      name: 'selector',
      short: 'Set the selector on a resource',
      flags: [
        ...named.filter(({ name }) => name !== 'kustomize' && name !== 'recursive'),
        bool('recursive', 'R', 'true'),
        ...recordFlags,
        string('resource-version'),
      ],
      run: setSelector,
    },
    {
      name: 'serviceaccount',
      aliases: ['sa'],
      short: 'Update ServiceAccount of a resource',
      modernShort: 'Update the service account of a resource',
      flags: [...named, ...recordFlags],
      run: setServiceAccount,
    },
    {
      name: 'subject',
      short: 'Update User, Group or ServiceAccount in a RoleBinding/ClusterRoleBinding',
      modernShort: 'Update the user, group, or service account in a role binding or cluster role binding',
      flags: [...common, ...subjectFlags],
      run: setSubject,
    },
  ],
}

/** Where a kind keeps its Pod spec. Source: pkg/polymorphichelpers/updatepodspecforobject.go. */
function podSpecPath(info: Info): readonly string[] {
  const { kind, version } = info.mapping
  if (kind === 'Pod') return ['spec']
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec']
  if (isObject(at(info.object, 'spec', 'template', 'spec'))) return ['spec', 'template', 'spec']
  return fail(`the object is not a pod or does not have a pod template: *${version}.${kind}`)
}

function matches(container: unknown, pattern: string): boolean {
  if (pattern === '*' || pattern === '') return true
  const anchored = compileRegexp(`^${pattern.split('*').map(quoteMeta).join('.*')}$`)
  return anchored.ok && anchored.regexp.test(textAt(container, 'name'))
}

/** The object with its containers changed by `change`. */
function withContainers(info: Info, change: (container: JsonObject) => JsonObject): unknown {
  const path = podSpecPath(info)
  return ['containers', 'initContainers'].reduce<unknown>((object, field) => {
    const list = listAt(object, ...path, field)
    return list.length === 0
      ? object
      : withValue(
          object,
          [...path, field],
          list.map((container) => change(objectAt(container))),
        )
  }, info.object)
}

/** Resources come before the first `key=value` or `key-`; `late` is one that does not. Source: helpers.go, GetResourcesAndPairs. */
function splitPairs(args: readonly string[]): {
  readonly resources: readonly string[]
  readonly pairs: readonly string[]
  readonly late: string | undefined
} {
  const isPair = (arg: string): boolean => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-')
  const first = args.findIndex(isPair)
  if (first < 0) return { resources: args, pairs: [], late: undefined }
  const pairs = args.slice(first)
  return { resources: args.slice(0, first), pairs, late: pairs.find((arg) => !isPair(arg)) }
}

function* setImage(call: Call): Steps<number> {
  checkOutput(call)
  const { resources, pairs, late } = splitPairs(call.args)
  if (late !== undefined) fail(`all resources must be specified before image changes: ${late}`)
  // What is meant is read before it is missed that nothing is to change. Source: set_image.go, Complete.
  if (pairs.length === 0 || resources.length === 0)
    failAll((yield* targetsOf(call, resources, { isTyped: true })).failures)
  const images = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  checkImages(call, resources, images)
  return yield* changeObjects(call, resources, {
    done: 'image updated',
    problem: 'failed to patch image update to pod template:',
    change: (info, note) => {
      const seen = new Set<string>()
      const changed = withContainers(info, (container) => {
        const name = textAt(container, 'name')
        seen.add(name)
        const image = images.get(name) ?? images.get('*')
        return image === undefined ? container : { ...container, image }
      })
      const isMissing = (name: string) => (name === '*' ? seen.size === 0 : !seen.has(name))
      for (const name of [...images.keys()].filter(isMissing))
        note(`error: unable to find container named ${goQuote(name)}`)
      return changed
    },
  })
}

/** Source: set_image.go, Validate. */
function checkImages({ flags }: Call, resources: readonly string[], images: ReadonlyMap<string, string>): void {
  const wrong = [
    ...(flags.bool('all') && flags.string('selector') !== ''
      ? ['cannot set --all and --selector at the same time']
      : []),
    ...(resources.length === 0 && !namesFiles(flags)
      ? ['one or more resources must be specified as <resource> <name> or <resource>/<name>']
      : []),
    ...(images.size === 0 ? ['at least one image update is required'] : []),
    ...(images.size > 1 && images.has('*')
      ? ['all containers are already specified by *, but saw more than one container_name=container_image pairs']
      : []),
  ]
  failAll(wrong.map((text) => ({ kind: 'message', text })))
}

function* setServiceAccount(call: Call): Steps<number> {
  checkOutput(call)
  if (call.args.length === 0) fail('serviceaccount is required')
  const account = call.args.at(-1) ?? ''
  return yield* changeObjects(call, call.args.slice(0, -1), {
    done: 'serviceaccount updated',
    problem: 'failed to patch ServiceAccountName',
    tellsUnchanged: true,
    change: (info) => {
      // The old name of the field stays as it is: the server looks at the new one.
      return withValue(info.object, [...podSpecPath(info), 'serviceAccountName'], account)
    },
  })
}

function* setResources(call: Call): Steps<number> {
  checkOutput(call)
  const { flags } = call
  const [limits, requests] = [amounts(flags.string('limits')), amounts(flags.string('requests'))]
  if (limits === undefined && requests === undefined)
    fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const wanted = flags.string('containers')
  return yield* changeObjects(call, call.args, {
    done: 'resource requirements updated',
    problem: `failed to patch ${call.session.version.setNamesResources ? 'resources' : 'limit'} update to pod template`,
    change: (info, note) => {
      let isFound = false
      const changed = withContainers(info, (container) => {
        if (!matches(container, wanted)) return container
        isFound = true
        return withAmounts(container, { limits, requests })
      })
      if (!isFound) note(`error: unable to find container named ${wanted}`)
      return changed
    },
  })
}

function withAmounts(
  container: JsonObject,
  given: Readonly<Record<'limits' | 'requests', JsonObject | undefined>>,
): JsonObject {
  const resources = { ...objectAt(container, 'resources') }
  for (const name of ['limits', 'requests'] as const)
    if (given[name] !== undefined) resources[name] = { ...objectAt(resources, name), ...given[name] }
  return { ...container, resources }
}

function amounts(text: string): JsonObject | undefined {
  if (text === '') return undefined
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', amount = '', ...more] = pair.split('=')
      if (amount === '' || more.length > 0) fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      if (!parseQuantity(amount).ok)
        fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
      return [name, canonicalQuantity(amount)]
    }),
  )
}

interface EnvChanges {
  readonly set: readonly JsonObject[]
  readonly remove: readonly string[]
}

/** Source: kubectl pkg/cmd/set/set_env.go. */
function* setEnv(call: Call): Steps<number> {
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
  if (flags.bool('resolve')) failNotSimulated('set env --resolve')
  for (const info of infos) {
    // What cannot be changed is not told.
    const result = attemptNow(() => change(info))
    if (!result.ok) continue
    const changed = result.value
    const fields = session.version.setEnvReachesInit ? ['containers', 'initContainers'] : ['containers']
    for (const container of fields.flatMap((field) => listAt(changed, ...podSpecPath(info), field))) {
      if (!matches(container, flags.string('containers'))) continue
      session.out(`# ${info.mapping.kind} ${info.name}, container ${textAt(container, 'name')}\n`)
      for (const variable of listAt(container, 'env')) session.out(`${variableText(variable)}\n`)
    }
  }
  return 0
}

function variableText(variable: unknown): string {
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

function* envChanges(call: Call, pairs: readonly string[]): Steps<EnvChanges> {
  const { flags } = call
  const set: JsonObject[] = []
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals > 0) set.push({ name: pair.slice(0, equals), value: pair.slice(equals + 1) })
    else if (pair.endsWith('-') && pair !== '-') remove.push(pair.slice(0, -1))
    else fail(`unknown environment variable: ${pair}`)
  }
  const prefix = flags.string('prefix')
  const all = [...set, ...(flags.string('from') === '' ? [] : yield* fromReferences(call, flags.string('from')))]
  return { set: prefix === '' ? all : all.map((one) => ({ ...one, name: prefix + String(one.name) })), remove }
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
