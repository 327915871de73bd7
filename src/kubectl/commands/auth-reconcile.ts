import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../../api/types/rbac.ts'
import { textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll, isReason } from '../cli/failure.ts'
import { bool } from '../cli/flags.ts'
import { printFlags } from '../print/printers.ts'
import { filenameFlags, readFiles, requireFiles, visitEach } from '../resource/files.ts'
import { createObject, deleteObject, type Info, replaceObject } from '../resource/info.ts'
import { type Reconciled, reconciledBinding, reconciledRole } from '../resource/reconciled.ts'
import { createReport, dryRunFlag, dryRunOf, type Report } from './write.ts'

/** Source: kubectl pkg/cmd/auth/reconcile.go; component-helpers auth/rbac/reconciliation. */
export const reconcileCommand: Command = {
  name: 'reconcile',
  short: 'Reconciles rules for RBAC Role, RoleBinding, ClusterRole, and ClusterRole binding objects',
  modernShort: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  flags: [...printFlags, dryRunFlag, ...filenameFlags, bool('remove-extra-permissions'), bool('remove-extra-subjects')],
  *run(call) {
    const { session, flags, args } = call
    requireFiles(flags)
    if (args.length > 0) fail('no arguments are allowed')
    const dryRun = dryRunOf(call)
    if (dryRun === 'server') fail('--dry-run=server for command reconcile is not supported yet')
    const report = createReport(call, dryRun)
    const keepsNamespaces = session.version.reconcilesAsGiven
    const entries = yield* readFiles(session, flags, { keepsNamespaces, isTyped: true })
    const place = keepsNamespaces ? asGiven : (info: Info) => info
    failAll(yield* visitEach(entries, (info) => reconcileOne(call, place(info), dryRun === 'client', report)))
    return 0
  },
}

const group = 'rbac.authorization.k8s.io'
const roles: readonly string[] = ['Role', 'ClusterRole']
const bindings: readonly string[] = ['RoleBinding', 'ClusterRoleBinding']

/** No namespace is added: one without is looked for where none is, and cannot be made. */
function asGiven(info: Info): Info {
  return info.mapping.namespaced ? { ...info, namespace: textAt(info.object, 'metadata', 'namespace') } : info
}

/** What is none of the four kinds is passed over. */
function* reconcileOne(call: Call, info: Info, isDryRun: boolean, report: Report): Steps<void> {
  const { version, kind } = info.mapping
  if (info.mapping.group !== group || ![...roles, ...bindings].includes(kind)) return
  if (version !== 'v1') fail(`only ${group}/v1 is supported: not *${version}.${kind}`)
  const found = yield* reconciled(call, info, isDryRun, 0)
  report(found.object, 'reconciled')
  tell(call, found, roles.includes(kind) ? 'rules' : 'subjects')
}

type Found = Reconciled<ClusterRole | RoleBinding>

/** How often what appears and goes meanwhile is looked at again. */
const attemptsMax: Readonly<Record<string, number>> = { rules: 2, subjects: 3 }

function* reconciled(call: Call, info: Info, isDryRun: boolean, tries: number): Steps<Found> {
  const { session } = call
  const isRole = roles.includes(info.mapping.kind)
  if (tries > (attemptsMax[isRole ? 'rules' : 'subjects'] ?? 0)) fail('exceeded maximum attempts')
  const expected = info.object
  const answer = yield* session.rest.tryRequest('GET', pathOf(info))
  if (!answer.ok && !isReason(answer.failure, 'NotFound')) throw new CommandFailure(answer.failure)
  const found = compare(call, isRole, answer.ok ? answer.value : undefined, expected)
  if (found.isProtected || isDryRun || found.operation === 'none') return found
  if (found.operation === 'recreate') {
    const uid = answer.ok ? textAt(answer.value, 'metadata', 'uid') : ''
    const gone = yield* attempt(deleteObject(session, info, { preconditions: { uid } }))
    if (!gone.ok && isReason(gone.failure, 'Conflict')) return yield* reconciled(call, info, isDryRun, tries + 1)
    if (!gone.ok && !isReason(gone.failure, 'NotFound')) throw new CommandFailure(gone.failure)
  }
  const isUpdate = found.operation === 'update'
  if (!isUpdate && info.mapping.namespaced) {
    if (info.namespace === '') fail('resource name may not be empty')
    yield* ensureNamespace(call, info.namespace)
  }
  const written = yield* attempt(
    isUpdate ? replaceObject(session, { ...info, object: found.object }) : createObject(session, info),
  )
  if (written.ok) return { ...found, object: written.value as ClusterRole | RoleBinding } // what was sent
  // Made or deleted meanwhile.
  if (isReason(written.failure, isUpdate ? 'NotFound' : 'AlreadyExists'))
    return yield* reconciled(call, info, isDryRun, tries + 1)
  throw new CommandFailure(written.failure)
}

function pathOf({ mapping, namespace, name }: Info): string {
  const scope = namespace === '' ? '' : `/namespaces/${namespace}`
  return `/apis/${group}/v1${scope}/${mapping.resource}/${name}`
}

function compare({ flags }: Call, isRole: boolean, existing: unknown, expected: unknown): Found {
  if (existing === undefined) {
    const made = expected as ClusterRole & RoleBinding // of one of these kinds
    const missing = isRole ? made.rules : made.subjects
    return { object: made, operation: 'create', isProtected: false, missing: missing ?? [], extra: [] }
  }
  return isRole
    ? reconciledRole(existing as ClusterRole, expected as ClusterRole, flags.bool('remove-extra-permissions')) // by kind
    : reconciledBinding(existing as RoleBinding, expected as RoleBinding, flags.bool('remove-extra-subjects')) // by kind
}

/** Whoever may not read or make a namespace may still write roles in it. Source: namespace.go, tryEnsureNamespace. */
function* ensureNamespace({ session }: Call, name: string): Steps<void> {
  const found = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${name}`)
  if (found.ok) return
  if (!isReason(found.failure, 'NotFound') && !isReason(found.failure, 'Forbidden'))
    throw new CommandFailure(found.failure)
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const made = yield* session.rest.tryRequest('POST', '/api/v1/namespaces', { body })
  if (made.ok || isReason(made.failure, 'AlreadyExists') || isReason(made.failure, 'Forbidden')) return
  throw new CommandFailure(made.failure)
}

/** Source: printResults. */
function tell({ session, flags }: Call, found: Found, what: 'rules' | 'subjects'): void {
  if (found.operation === 'none') return
  const caveat = found.isProtected ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)' : ''
  session.err(`\treconciliation required ${found.operation}${caveat}\n`)
  const removes = flags.bool(what === 'rules' ? 'remove-extra-permissions' : 'remove-extra-subjects')
  for (const [title, list] of [
    [`missing ${what} added`, found.missing],
    [`extra ${what} removed`, removes ? found.extra : []],
  ] as const) {
    if (list.length === 0) continue
    session.err(`\t${title}:\n`)
    for (const one of list) session.err(`\t\t${goText(one)}\n`)
  }
}

/** As Go's `%+v` prints the struct. */
function goText(one: PolicyRule | Subject): string {
  if ('kind' in one)
    return `{Kind:${one.kind} APIGroup:${one.apiGroup ?? ''} Name:${one.name} Namespace:${one.namespace ?? ''}}`
  const list = (items: readonly string[] = []): string => `[${items.join(' ')}]`
  return `{Verbs:${list(one.verbs)} APIGroups:${list(one.apiGroups)} Resources:${list(one.resources)} ResourceNames:${list(one.resourceNames)} NonResourceURLs:${list(one.nonResourceURLs)}}`
}
