import { withValue } from '../../api/change.ts'
import { compareBytes, type JsonObject, listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { array, type FlagSpec } from '../cli/flags.ts'
import { namesFiles } from '../resource/files.ts'
import { changeObjects } from './set-objects.ts'
import { checkOutput } from './write.ts'

/** Source: kubectl pkg/cmd/set/set_selector.go. */
export function setSelector(call: Call): Steps<number> {
  checkOutput(call)
  const { args } = call
  const text = args.at(-1)
  if (text === undefined) return fail('one selector is required')
  const expression = text.split(',').find((pair) => !pair.includes('='))
  const selector = Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1).replace(/^=/, '')]]
    }),
  )
  return changeObjects(call, args.slice(0, -1), {
    done: 'selector updated',
    tellsUnchanged: true,
    namesFailed: false,
    passesUnread: true,
    change: (info) => {
      if (info.mapping.kind !== 'Service') fail('setting a selector is only supported for Services')
      if (expression !== undefined) fail(`match expression [{${expression} Exists []}] not supported on this object`)
      return withValue(info.object, ['spec', 'selector'], selector)
    },
  })
}

export const subjectFlags: readonly FlagSpec[] = [array('user'), array('group'), array('serviceaccount')]

const rbac = 'rbac.authorization.k8s.io'

/** Source: kubectl pkg/cmd/set/set_subject.go. */
export function setSubject(call: Call): Steps<number> {
  checkOutput(call)
  const { session, flags, args } = call
  const [users, groups, accounts] = ['user', 'group', 'serviceaccount'].map((name) =>
    [...new Set(flags.list(name))].sort(compareBytes),
  )
  const named = (kind: string, names: readonly string[] = []): readonly JsonObject[] =>
    names.map((name) => ({ kind, apiGroup: rbac, name }))
  if (args.length === 0 && !namesFiles(flags))
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if ([users, groups, accounts].every((names) => names?.length === 0))
    fail('you must specify at least one value of user, group or serviceaccount')
  const added = [
    ...named('User', users),
    ...named('Group', groups),
    ...(accounts ?? []).map((account): JsonObject => {
      const [namespace = '', name = '', ...more] = account.split(':')
      if (namespace === '' || name === '' || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', namespace: namespace || session.namespace, name }
    }),
  ]
  return changeObjects(call, args, {
    done: 'subjects updated',
    problem: 'failed to patch subjects to rolebinding:',
    change: (info) => {
      const { kind } = info.mapping
      if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')
        fail('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
      const before = listAt(info.object, 'subjects')
      const isThere = (one: JsonObject): boolean =>
        before.some((each) => subjectFields.every((key) => textAt(each, key) === textAt(one, key)))
      return withValue(info.object, ['subjects'], [...before, ...added.filter((one) => !isThere(one))])
    },
  })
}

const subjectFields = ['kind', 'apiGroup', 'name', 'namespace'] as const
