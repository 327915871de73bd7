import { at, listAt, textAt } from '../../go/json.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { exitSilently, fail } from '../cli/failure.ts'
import { bool, flagSince, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { breakDown, combinedName, compactRules, sortRules } from '../describe/rbac.ts'
import { reconcileCommand } from './auth-reconcile.ts'
import { whoAmI } from './whoami.ts'

/** Source: k8s.io/kubernetes pkg/kubectl/cmd/auth/cani.go. */
const canI: Command = {
  name: 'can-i',
  short: 'Check whether an action is allowed',
  flags: [
    bool('all-namespaces', 'A'),
    bool('quiet', 'q'),
    string('subresource'),
    bool('list'),
    flagSince(20, bool('no-headers')),
  ],
  run: (call) => (call.flags.bool('list') ? listAccess(call) : checkAccess(call)),
}

export const authCommand: Command = {
  name: 'auth',
  short: 'Inspect authorization',
  long: 'Inspect authorization',
  modernLong: 'Inspect authorization.',
  modernUsage: '[flags] [options]',
  children: [canI, reconcileCommand, whoAmI],
}

/** Source: pkg/cmd/auth/cani.go, resourceVerbs. */
const verbs = 'get list watch create update patch delete deletecollection use bind impersonate *'.split(' ')
const laterVerbs = ['approve', 'sign', 'escalate', 'attest']
/** Source: cani.go, nonResourceURLVerbs. */
const pathVerbs = 'get put post head options delete patch *'.split(' ')

function knownVerbs({ version }: Session): ReadonlySet<string> {
  return new Set(version.knowsMoreVerbs ? [...verbs, ...laterVerbs] : verbs)
}

function warn(session: Session, text: string): void {
  session.err(`Warning: ${text}\n${session.version.warningsEndWithALine ? '\n' : ''}`)
}

function inGroup(group: string): string {
  return group === '' ? '' : ` in group '${group}'`
}

/** Source: cani.go, resourceFor, nonStandardResourceNames. */
function warnOfUnknownType(session: Session, type: string): void {
  const [resource = '', ...group] = type.toLowerCase().split('.')
  if (session.version.knowsUsersAndGroups && (type === 'users' || type === 'groups')) return
  warn(session, `the server doesn't have a resource type '${resource}'${inGroup(group.join('.'))}`)
}

const reviews = '/apis/authorization.k8s.io/v1'

function* review(call: Call, kind: string, spec: object): Steps<unknown> {
  const body = JSON.stringify({
    kind,
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec,
  })
  return yield* call.session.rest.request('POST', `${reviews}/${kind.toLowerCase()}s`, { body })
}

function* checkAccess(call: Call): Steps<number> {
  const { session, flags, args } = call
  const [verb = '', target = ''] = args
  if (session.version.mistakesWithoutUsage && args.length !== 2) {
    fail(
      `you must specify two arguments: verb resource or verb resource/resourceName.\nSee '${call.path} -h' for help and examples.`,
    )
  }
  if (args.length !== 2) fail('you must specify two or three arguments: verb, resource, and optional resourceName')
  if (flags.bool('no-headers')) fail('--no-headers cannot be set without --list specified')
  if (session.version.warnsOfScope && target.startsWith('/') && !pathVerbs.includes(verb))
    warn(session, `verb '${verb}' is not a known verb`)
  const spec = target.startsWith('/')
    ? { nonResourceAttributes: { verb, path: target } }
    : { resourceAttributes: yield* resourceAttributes(call, verb, target) }
  const answer = yield* review(call, 'SelfSubjectAccessReview', spec)
  const allowed = at(answer, 'status', 'allowed') === true
  if (!flags.bool('quiet')) {
    const reasons = [textAt(answer, 'status', 'reason'), textAt(answer, 'status', 'evaluationError')].filter(
      (text) => text !== '',
    )
    session.out(allowed ? 'yes\n' : `${['no', ...reasons].join(' - ')}\n`)
  }
  return allowed ? 0 : exitSilently(1)
}

function* resourceAttributes(call: Call, verb: string, target: string): Steps<object> {
  const { session, flags } = call
  const slash = target.indexOf('/')
  const type = slash < 0 ? target : target.slice(0, slash)
  const name = slash < 0 ? '' : target.slice(slash + 1)
  const found = type === '*' ? undefined : yield* session.discovery.lookUp(type)
  if (found === undefined && type !== '*') warnOfUnknownType(session, type)
  if (session.version.warnsOfScope && !flags.bool('all-namespaces')) {
    if (found !== undefined && !found.namespaced)
      warn(session, `resource '${found.resource}' is not namespace scoped${inGroup(found.group)}`)
    if (!knownVerbs(session).has(verb)) warn(session, `verb '${verb}' is not a known verb`)
  }
  const subresource = flags.string('subresource')
  return {
    ...(flags.bool('all-namespaces') ? {} : { namespace: session.namespace }),
    verb,
    ...(found === undefined || found.group === '' ? {} : { group: found.group }),
    resource: found?.resource ?? type,
    ...(subresource === '' ? {} : { subresource }),
    ...(name === '' ? {} : { name }),
  }
}

function* listAccess(call: Call): Steps<number> {
  const { session, flags, args } = call
  if (args.length > 0) fail('list option must be specified with no arguments')
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource') !== '') {
    fail("list option can't be specified with neither quiet, all-namespaces nor subresource options")
  }
  const status = at(yield* review(call, 'SelfSubjectRulesReview', { namespace: session.namespace }), 'status')
  if (at(status, 'incomplete') === true) {
    session.err(`${session.version.warningWord}: the list may be incomplete: ${textAt(status, 'evaluationError')}\n`)
  }
  const rules = [...listAt(status, 'resourceRules'), ...listAt(status, 'nonResourceRules')]
  const lines = sortRules(compactRules(breakDown(rules))).map(
    (rule) => `${combinedName(rule)}\t[${rule.urls.join(' ')}]\t[${rule.names.join(' ')}]\t[${rule.verbs.join(' ')}]`,
  )
  const header = flags.bool('no-headers') ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']
  session.out(alignTabs(`${[...header, ...lines].join('\n')}\n`, tableTabs))
  return 0
}
