import { schemaOf } from '../../api/schema/schema.ts'
import { goJson, isObject, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import {
  attempt,
  attemptNow,
  CommandFailure,
  type Failure,
  fail,
  failAll,
  failUsage,
  failureMessage,
  isReason,
} from '../cli/failure.ts'
import { array, bool, duration, flagSince, flagUntil, int, string, unsupported } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { createPrinter } from '../print/printers.ts'
import { filenameFlags, readFiles, requireFiles } from '../resource/files.ts'
import { createObject, described, type Info, patchObject, tryToGet } from '../resource/info.ts'
import { hasAnnotation, originalConfiguration, withAnnotation } from '../resource/last-applied.ts'
import { partition } from '../resource/select.ts'
import { serverMinor } from '../resource/server-version.ts'
import { threeWayMergePatch, threeWayPatch } from '../resource/strategic-diff.ts'
import { clientValidation, fieldValidation, validateFlags } from '../resource/validation.ts'
import { checkForce, mayForce, recreate } from './apply-force.ts'
import { lastAppliedCommands } from './apply-last-applied.ts'
import { applyPatch, migrated } from './apply-migration.ts'
import { checkPruning, kindsToPrune, prune, selectedOf, type Visited } from './apply-prune.ts'
import { recorded } from './change-cause.ts'
import { sourced, withSource } from './create-file.ts'
import { createReport, dryRunFlag, dryRunOf, managerOf, patchTypes, type Report, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/apply/apply.go, patcher.go. */
export const applyCommand: Command = {
  name: 'apply',
  short: 'Apply a configuration to a resource by filename or stdin',
  flags: [
    ...writeFlags.filter(({ name }) => name !== 'dry-run'),
    dryRunFlag,
    ...filenameFlags,
    ...validateFlags,
    string('selector', 'l'),
    bool('overwrite', undefined, 'true'),
    bool('openapi-patch', undefined, 'true'),
    bool('server-side'),
    bool('force-conflicts'),
    bool('force'),
    bool('wait'),
    { name: 'cascade', type: 'string', initial: 'true', bare: 'true' },
    int('grace-period', '-1'),
    duration('timeout', '0s'),
    bool('prune'),
    flagUntil(26, array('prune-whitelist')),
    flagSince(26, flagUntil(30, { ...array('prune-whitelist'), deprecated: 'Use --prune-allowlist instead.' })),
    flagSince(26, array('prune-allowlist')),
    bool('all'),
    flagSince(32, unsupported(string('subresource'))),
  ],
  children: lastAppliedCommands,
  run: apply,
}

function* apply(call: Call): Steps<number> {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    fail('--force-conflicts only works with --server-side')
  if (dryRun === 'client' && flags.bool('server-side')) {
    fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  }
  checkForce(call, dryRun)
  if (!session.version.applyChecksArgumentsFirst) requireFiles(flags)
  if (call.args.length > 0) failUsage(call.path, `Unexpected args: [${call.args.join(' ')}]`)
  requireFiles(flags)
  checkPruning(call)
  const kinds = flags.bool('prune') ? yield* kindsToPrune(call) : []
  const output = flags.string('output')
  const printsObjects = output !== '' && output !== 'name'
  const printer = printsObjects ? createPrinter(session, flags) : undefined
  const report: Report = printsObjects ? () => undefined : createReport(call, dryRun)
  const { infos: all, failures } = partition(
    yield* readFiles(session, flags, { validate: yield* clientValidation(session, flags) }),
  )
  const infos = selectedOf(all, flags.string('selector'))
  if (infos.length === 0 && failures.length === 0) fail('no objects passed to apply')
  const objects: unknown[] = []
  const broken: Failure[] = []
  for (const info of infos) {
    const result = yield* attempt(applyOne(call, info, dryRun, report))
    if (result.ok) objects.push(result.value)
    else broken.push(result.failure)
  }
  failAll([...failures, ...broken])
  if (printer !== undefined) {
    const [first] = objects
    session.out(
      printer(objects.length === 1 ? first : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} }),
    )
  }
  if (flags.bool('prune') && !flags.bool('server-side'))
    yield* prune(call, kinds, visitedBy(session, infos, objects), dryRun)
  return 0
}

/** Where objects were applied, and which they are. */
function visitedBy(session: Session, infos: readonly Info[], objects: readonly unknown[]): Visited {
  const own = session.namespaceIsExplicit ? [session.namespace] : []
  const namespaces = infos.filter(({ mapping }) => mapping.namespaced).map(({ namespace }) => namespace)
  const uids = objects.map((object) => textAt(object, 'metadata', 'uid'))
  return { uids: new Set(uids), namespaces: new Set([...own, ...namespaces]) }
}

/** The object as it is afterwards. */
function* applyOne(call: Call, given: Info, dryRun: string, report: Report): Steps<unknown> {
  const { session, flags } = call
  const info: Info = { ...given, object: recorded(call, given.object) }
  if (info.name === '' && session.version.applyRefusesGenerateName && hasGenerateName(info)) {
    fail(`from ${String(generateName(info))}: cannot use generate name with apply`)
  }
  if (flags.bool('server-side')) return yield* applyOnServer(call, info, dryRun, report)
  const found = yield* tryToGet(session, info)
  if (!found.ok && !isReason(found.failure, 'NotFound')) {
    throw new CommandFailure(
      sourced(`retrieving current configuration of:\n${described(info)}\nfrom server for:`, info, found.failure),
    )
  }
  if (!found.ok) return yield* createFirst(call, info, dryRun, report)
  const current = found.value
  if (dryRun === 'client') {
    const isUnchanged = session.version.patchesLocally && (yield* patchOf(call, info, current)) === '{}'
    report(session.version.dryRunsShowTheFile ? info.object : current, isUnchanged ? 'unchanged' : 'configured')
    return current
  }
  if (!hasAnnotation(current)) session.err(missingAnnotation(call, info))
  return yield* patchExisting(call, info, current, dryRun, report)
}

function generateName(info: Info): unknown {
  const metadata = (info.object as { metadata?: { generateName?: unknown } }).metadata // read only
  return metadata?.generateName
}

function hasGenerateName(info: Info): boolean {
  return generateName(info) !== undefined
}

function missingAnnotation(call: Call, info: Info): string {
  if (!call.session.version.longLastAppliedWarning) {
    return 'Warning: kubectl apply should be used on resource created by either kubectl create --save-config or kubectl apply\n'
  }
  const name = `${groupResource(info.mapping)}/${info.name}`
  return `Warning: resource ${name} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`
}

/** What the annotation keeps is not sent: members that are null. Source: apply.go, pruneNullsFromMap. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]))
}

function* createFirst(call: Call, info: Info, dryRun: string, report: Report): Steps<unknown> {
  const annotated = withAnnotation(info.object)
  const made: Info = { ...info, object: call.session.version.appliesWithoutNulls ? withoutNulls(annotated) : annotated }
  const object =
    dryRun === 'client'
      ? made.object
      : yield* withSource('creating', info, createObject(call.session, made, options(call, dryRun)))
  report(object, 'created')
  return object
}

function options(call: Call, dryRun: string) {
  return {
    fieldManager: managerOf(call, 'kubectl-client-side-apply'),
    dryRun: dryRun === 'server',
    query: fieldValidation(call.session, call.flags),
  }
}

/** What would be sent, computed here alone. Source: patcher.go, PatchLocal. */
function* patchOf({ session }: Call, info: Info, current: unknown): Steps<string> {
  const { group, version, kind } = info.mapping
  const definition = schemaOf(yield* serverMinor(session)).kind({ group, version, kind })
  const [original, modified] = [originalConfiguration(current), withAnnotation(info.object)]
  return goJson(
    definition === undefined
      ? threeWayMergePatch(original, modified, current)
      : threeWayPatch(original, modified, current, definition),
  )
}

function* patchExisting(call: Call, info: Info, current: unknown, dryRun: string, report: Report): Steps<unknown> {
  const { session } = call
  const modified: unknown = withAnnotation(info.object)
  const { group, version, kind } = info.mapping
  const definition = schemaOf(yield* serverMinor(session)).kind({ group, version, kind })
  const original = originalConfiguration(current)
  let patch = '{}'
  const computed = attemptNow(() =>
    definition === undefined
      ? threeWayMergePatch(original, modified, current)
      : threeWayPatch(original, modified, current, definition),
  )
  if (!computed.ok) {
    const words = `creating patch with:\noriginal:\n${goJson(original ?? null)}\nmodified:\n${goJson(modified)}\ncurrent:\n${goJson(current)}\nfor:`
    throw new CommandFailure(applyFailure(patch, info, sourced(words, info, computed.failure)))
  }
  patch = goJson(computed.value)
  if (patch === '{}') {
    report(current, 'unchanged')
    return current
  }
  const type = definition === undefined ? 'merge' : 'strategic'
  const patched = yield* attempt(patchObject(session, info, patchTypes[type] ?? '', patch, options(call, dryRun)))
  if (!patched.ok && mayForce(call, patched.failure)) {
    const made = yield* attempt(recreate(call, { ...info, object: modified }, current))
    if (!made.ok) throw new CommandFailure(applyFailure(configurationOf(modified), info, made.failure))
    report(made.value, 'configured')
    return made.value
  }
  if (!patched.ok) {
    const words = session.version.patchErrorsNameTheirSource
      ? sourced('patching', info, patched.failure)
      : patched.failure
    throw new CommandFailure(applyFailure(patch, info, words))
  }
  report(patched.value, 'configured')
  return patched.value
}

/** What an object that takes another's place is told as. */
function configurationOf(object: unknown): string {
  return `${goJson(object)}\n`
}

function applyFailure(patch: string, info: Info, failure: Failure): Failure {
  return sourced(`applying patch:\n${patch}\nto:\n${described(info)}\nfor:`, info, failure)
}

const conflictAdvice = [
  'Please review the fields above--they currently have other managers. Here',
  'are the ways you can resolve this warning:',
  '* If you intend to manage all of these fields, please re-run the apply',
  '  command with the `--force-conflicts` flag.',
  '* If you do not intend to manage all of the fields, please edit your',
  '  manifest to remove references to the fields that should keep their',
  '  current managers.',
  '* You may co-own fields by updating your manifest to match the existing',
  "  value; in this case, you'll become the manager if the other manager(s)",
  '  stop managing the field (remove it from their configuration).',
]

function* applyOnServer(call: Call, info: Info, dryRun: string, report: Report): Steps<unknown> {
  const { session, flags } = call
  const manager = flags.string('field-manager') || 'kubectl'
  const query = {
    fieldManager: manager,
    force: String(flags.bool('force-conflicts')),
    ...fieldValidation(session, flags),
  }
  const sent = { body: goJson(info.object), manager, options: { query, dryRun: dryRun === 'server' } }
  const result = yield* attempt(patchObject(session, info, applyPatch, sent.body, sent.options))
  if (result.ok) {
    const moves = session.version.migratesOwners
    const object = moves ? yield* migrated(session, info, result.value, sent) : result.value
    report(object, 'serverside-applied')
    return object
  }
  if (!isReason(result.failure, 'Conflict')) throw new CommandFailure(result.failure)
  const where = session.version.newConflictsPage
    ? 'https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts'
    : 'http://k8s.io/docs/reference/using-api/api-concepts/#conflicts'
  return fail([failureMessage(result.failure), ...conflictAdvice, `See ${where}`].join('\n'))
}
