import { withValue } from '../../api/change.ts'
import { canonicalQuantity, parseQuantity } from '../../api/quantity.ts'
import { type JsonObject, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll } from '../cli/failure.ts'
import { array, bool, type FlagSpec, string, strings } from '../cli/flags.ts'
import { filenameFlags, namesFiles } from '../resource/files.ts'
import { missingResource } from '../resource/select.ts'
import { recordFlags } from './change-cause.ts'
import { matches, podSpecPath, withContainers } from './set-containers.ts'
import { setEnv, splitPairs } from './set-env.ts'
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
  if (call.args.length === 1 && !namesFiles(call.flags)) fail(missingResource)
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
