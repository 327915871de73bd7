import { compareBytes, type JsonObject } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call } from '../cli/command.ts'
import { attempt, fail, failPlain, failureMessage } from '../cli/failure.ts'
import { array, string, strings } from '../cli/flags.ts'
import { failsAs, madeMetadata, makeCommand, parsePairs } from './create-kit.ts'

/** Source: kubectl pkg/cmd/create/create_role.go, create_clusterrole.go, create_rolebinding.go, create_clusterrolebinding.go. */

const rbac = 'rbac.authorization.k8s.io'

const resourceVerbs: readonly string[] = [
  '*',
  ...['get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection'],
  ...['use', 'bind', 'impersonate', 'escalate', 'approve', 'sign'],
]
const nonResourceVerbs: readonly string[] = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']

/** Verbs that make sense on some resources only. */
const specialVerbs: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: [`roles.${rbac}`, `clusterroles.${rbac}`],
  escalate: [`roles.${rbac}`, `clusterroles.${rbac}`],
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras.authentication.k8s.io'],
}

interface Asked {
  readonly resource: string
  readonly group: string
  readonly subresource: string
}

const roleFlags = [strings('verb'), strings('resource'), array('resource-name')]

export const createRole = makeCommand({
  name: 'role',
  short: 'Create a role with single rule.',
  flags: roleFlags,
  *make(call, name) {
    const verbs = verbsOf(call)
    if (verbs.length === 0) fail('at least one verb must be specified')
    checkVerbs(call, verbs)
    const asked = resourcesOf(call)
    if (asked.length === 0) fail('at least one resource must be specified')
    yield* checkResources(call, verbs, asked)
    return {
      kind: 'Role',
      apiVersion: `${rbac}/v1`,
      metadata: madeMetadata(call.session, name, true),
      rules: yield* resourceRules(call, verbs, asked),
    }
  },
})

export const createClusterRole = makeCommand({
  name: 'clusterrole',
  short: 'Create a ClusterRole.',
  flags: [...roleFlags, strings('non-resource-url'), string('aggregation-rule')],
  make: clusterRole,
})

function* clusterRole(call: Call, name: string): Steps<JsonObject> {
  const { session, flags } = call
  const verbs = verbsOf(call)
  const asked = resourcesOf(call)
  const urls = flags.list('non-resource-url')
  const aggregation = flags.string('aggregation-rule')
  const head = { kind: 'ClusterRole', apiVersion: `${rbac}/v1`, metadata: madeMetadata(session, name, false) }
  if (aggregation !== '') {
    if (urls.length > 0 || verbs.length > 0 || asked.length > 0 || flags.list('resource-name').length > 0) {
      fail('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
    }
    return {
      ...head,
      rules: null,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: parsePairs(aggregation) }] },
    }
  }
  if (verbs.length === 0) fail('at least one verb must be specified')
  if (asked.length === 0 && urls.length === 0) fail('one of resource or nonResourceURL must be specified')
  if (asked.length > 0) {
    checkVerbs(call, verbs)
    yield* checkResources(call, verbs, asked)
  }
  if (urls.length > 0) checkUrls(verbs, urls)
  const rules = [
    ...(yield* resourceRules(call, verbs, asked)),
    ...(urls.length > 0 ? [{ verbs, nonResourceURLs: urls }] : []),
  ]
  return { ...head, rules }
}

function checkUrls(verbs: readonly string[], urls: readonly string[]): void {
  const wrongVerb = verbs.find((verb) => !nonResourceVerbs.includes(verb))
  if (wrongVerb !== undefined) fail(`invalid verb: '${wrongVerb}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (!url.startsWith('/')) fail('nonResourceURL should start with /')
    if (/\*./.test(url)) fail("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
}

function verbsOf(call: Call): readonly string[] {
  const verbs = call.flags.list('verb')
  return verbs.includes('*') ? ['*'] : [...new Set(verbs)]
}

function checkVerbs({ session }: Call, verbs: readonly string[]): void {
  for (const verb of verbs.filter((each) => !resourceVerbs.includes(each))) {
    if (!session.version.takesAnyVerb) fail(`invalid verb: '${verb}'`)
    session.err(`Warning: '${verb}' is not a standard resource verb\n`)
  }
}

function resourcesOf(call: Call): readonly Asked[] {
  const asked: Asked[] = []
  for (const text of call.flags.list('resource')) {
    const slash = text.indexOf('/')
    const named = slash < 0 ? text : text.slice(0, slash)
    const dot = named.indexOf('.')
    const one = {
      resource: dot < 0 ? named : named.slice(0, dot),
      group: dot < 0 ? '' : named.slice(dot + 1),
      subresource: slash < 0 ? '' : text.slice(slash + 1),
    }
    if (text === '*') return [one]
    asked.push(one)
  }
  return asked
}

function fullName(asked: Asked): string {
  return asked.group === '' ? asked.resource : `${asked.resource}.${asked.group}`
}

function* checkResources(call: Call, verbs: readonly string[], asked: readonly Asked[]): Steps<void> {
  for (const one of asked) {
    if (one.resource === '') fail('resource must be specified if apiGroup/subresource specified')
    if (one.resource === '*') return
    const found = yield* call.session.discovery.tryFind(fullName(one))
    const [resource, group] = found === undefined ? [one.resource, one.group] : [found.resource, found.group]
    const special = verbs.filter((verb) => Object.hasOwn(specialVerbs, verb))
    const named = group === '' ? resource : `${resource}.${group}`
    const wrong = special.find((verb) => !specialVerbs[verb]?.includes(named))
    if (wrong !== undefined) fail(`can not perform '${wrong}' on '${resource}' in group '${group}'`)
    if (found === undefined && special.length === 0) {
      const missing = yield* attempt(call.session.discovery.find(fullName(one)))
      if (!missing.ok) failPlain(failureMessage(missing.failure))
    }
  }
}

/** One rule a group, groups sorted. Source: create_role.go, generateResourcePolicyRules. */
function* resourceRules(call: Call, verbs: readonly string[], asked: readonly Asked[]): Steps<readonly JsonObject[]> {
  const byGroup = new Map<string, string[]>()
  for (const one of asked) {
    const found = yield* call.session.discovery.tryFind(fullName(one))
    const [resource, group] = found === undefined ? [one.resource, one.group] : [found.resource, found.group]
    const name = one.subresource === '' ? resource : `${resource}/${one.subresource}`
    const names = byGroup.get(group) ?? []
    byGroup.set(group, names.includes(name) ? names : [...names, name])
  }
  const resourceNames = [...new Set(call.flags.list('resource-name'))]
  return [...byGroup]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([group, resources]) => ({
      verbs,
      apiGroups: [group],
      resources,
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
    }))
}

const subjectFlags = [array('user'), array('group'), array('serviceaccount')]

export const createRoleBinding = makeCommand({
  name: 'rolebinding',
  short: 'Create a RoleBinding for a particular Role or ClusterRole',
  flags: [string('role'), string('clusterrole'), ...subjectFlags],
  failurePrefix: failsAs('rolebinding', kubectl.wrapsBindingErrors),
  make(call, name) {
    const { session, flags } = call
    const [role, clusterRoleName] = [flags.string('role'), flags.string('clusterrole')]
    if ((role === '') === (clusterRoleName === '')) fail('exactly one of clusterrole or role must be specified')
    const roleRef =
      role === ''
        ? { apiGroup: rbac, kind: 'ClusterRole', name: clusterRoleName }
        : { apiGroup: rbac, kind: 'Role', name: role }
    return {
      kind: 'RoleBinding',
      apiVersion: `${rbac}/v1`,
      metadata: madeMetadata(session, name, true),
      ...subjects(call),
      roleRef,
    }
  },
})

export const createClusterRoleBinding = makeCommand({
  name: 'clusterrolebinding',
  short: 'Create a ClusterRoleBinding for a particular ClusterRole',
  flags: [string('clusterrole'), ...subjectFlags],
  failurePrefix: failsAs('clusterrolebinding', kubectl.wrapsBindingErrors),
  make(call, name) {
    const { session, flags } = call
    if (flags.string('clusterrole') === '') fail('clusterrole must be specified')
    return {
      kind: 'ClusterRoleBinding',
      apiVersion: `${rbac}/v1`,
      metadata: madeMetadata(session, name, false),
      ...subjects(call),
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: flags.string('clusterrole') },
    }
  },
})

function subjects(call: Call): JsonObject {
  const { flags } = call
  const accounts = flags.list('serviceaccount').map((text) => {
    const [namespace = '', name = '', ...more] = text.split(':')
    if (name === '' || namespace === '' || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
    return { kind: 'ServiceAccount', name, namespace }
  })
  const all = [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: rbac, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: rbac, name })),
    ...accounts,
  ]
  return all.length === 0 ? {} : { subjects: all }
}
