import { textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { typeName } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failAll, failUsage, isReason } from '../cli/failure.ts'
import { bool, duration, flagSince, int, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { filenameFlags, readFiles, requireFiles, visitEach } from '../resource/files.ts'
import { createObject, deleteObject, type Info, replaceObject } from '../resource/info.ts'
import { updatedAnnotation } from '../resource/last-applied.ts'
import { partition } from '../resource/select.ts'
import { clientValidation, fieldValidation, validateFlags } from '../resource/validation.ts'
import { withSource } from './create-file.ts'
import { deletedFrom, waitForAll } from './delete.ts'
import { sendRaw } from './raw.ts'
import { createReport, dryRunOf, managerOf, plainWriteFlags, type Report } from './write.ts'

/** Source: kubectl pkg/cmd/replace/replace.go. */
export const replaceCommand: Command = {
  name: 'replace',
  short: 'Replace a resource by filename or stdin',
  flags: [
    ...plainWriteFlags,
    ...filenameFlags,
    ...validateFlags,
    bool('save-config'),
    bool('force'),
    bool('wait'),
    { name: 'cascade', type: 'string', initial: 'background', bare: 'background' },
    int('grace-period', '-1'),
    duration('timeout', '0s'),
    string('raw'),
    flagSince(24, string('subresource')),
  ],
  run: replace,
}

/** A forced replacement waits for the old object to go. Source: replace.go: five minutes when no grace period is given. */
const forcedTimeoutMs = 300_000

function* replace(call: Call): Steps<number> {
  const { session, flags } = call
  if (flags.string('raw') !== '') return yield* sendRaw(call, 'PUT')
  const dryRun = dryRunOf(call)
  if (flags.int('grace-period') >= 0 && !flags.bool('force')) fail('--grace-period must have --force specified')
  if (flags.durationMs('timeout') !== 0 && !flags.bool('force')) fail('--timeout must have --force specified')
  if (session.version.forceRefusesDryRun && flags.bool('force') && dryRun !== 'none')
    fail('--dry-run can not be used when --force is set')
  if (flags.list('filename').length === 0 && flags.string('kustomize') === '') {
    if (session.version.replaceAsksForFiles) requireFiles(flags)
    failUsage(call.path, 'Must specify --filename to replace')
  }
  const report = createReport(call, dryRun)
  const entries = yield* readFiles(session, flags, { validate: yield* clientValidation(session, flags) })
  const { infos, failures } = partition(entries)
  if (flags.bool('force')) return yield* forceReplace(call, infos, failures, report)
  failAll(yield* visitEach(entries, (info) => replaceOne(call, info, dryRun, report)))
  return 0
}

function* replaceOne(call: Call, info: Info, dryRun: DryRun, report: Report): Steps<void> {
  const { session, flags } = call
  const wanted = { ...info, object: updatedAnnotation(info.object, flags.bool('save-config')) }
  if (dryRun === 'client') {
    report(wanted.object, 'replaced')
    return
  }
  const options = {
    fieldManager: managerOf(call, 'kubectl-replace'),
    dryRun: dryRun === 'server',
    query: fieldValidation(session, flags),
  }
  report(yield* withSource('replacing', info, replaceObject(session, wanted, options)), 'replaced')
}

function* forceReplace(
  call: Call,
  infos: readonly Info[],
  failures: readonly Failure[],
  report: Report,
): Steps<number> {
  const { session, flags } = call
  const grace = flags.int('grace-period')
  const deleted: { readonly info: Info; readonly uid: string }[] = []
  if (grace === 0) {
    session.err(
      `${session.version.warningWord}: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n`,
    )
  }
  for (const info of infos) {
    const body = { ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), propagationPolicy: 'Background' }
    const result = yield* attempt(deleteObject(session, info, body))
    if (!result.ok && !isReason(result.failure, 'NotFound')) throw new CommandFailure(result.failure)
    if (!result.ok) continue
    const verb = grace === 0 ? 'force deleted' : 'deleted'
    session.out(`${typeName(info.mapping)} ${goQuote(info.name)} ${verb}${deletedFrom(call, info)}\n`)
    deleted.push({ info, uid: textAt(result.value, 'details', 'uid') || textAt(result.value, 'metadata', 'uid') })
  }
  yield* waitForAll(call, deleted, flags.durationMs('timeout') || forcedTimeoutMs)
  const broken = yield* eachItem(infos, (info) => createAgain(call, info, report))
  failAll([...broken, ...failures])
  if (infos.length === 0) fail('no objects passed to replace')
  return 0
}

function* createAgain(call: Call, info: Info, report: Report): Steps<void> {
  const { session, flags } = call
  const wanted = { ...info, object: updatedAnnotation(info.object, flags.bool('save-config')) }
  const options = { fieldManager: managerOf(call, 'kubectl-replace'), query: fieldValidation(session, flags) }
  report(yield* createObject(session, wanted, options), 'replaced')
}
