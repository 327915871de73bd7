import { textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource, typeName } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll, isReason, withoutReason } from '../cli/failure.ts'
import { bool, duration, flagSince, int, parseBool, string } from '../cli/flags.ts'
import { filenameFlags, namesFiles, readFiles, visitEach } from '../resource/files.ts'
import { deleteObject, type Info } from '../resource/info.ts'
import { select } from '../resource/select.ts'
import { sourced } from './create-file.ts'
import { sendRaw } from './raw.ts'
import { waitGone } from './wait-gone.ts'
import { dryRunFlag, dryRunOf, dryRunSuffix } from './write.ts'

/** Source: kubectl pkg/cmd/delete/delete.go. */
export const deleteCommand: Command = {
  name: 'delete',
  short: 'Delete resources by filenames, stdin, resources and names, or by resources and label selector',
  flags: [
    ...filenameFlags,
    dryRunFlag,
    string('output', 'o'),
    string('selector', 'l'),
    string('field-selector'),
    bool('all'),
    bool('all-namespaces', 'A'),
    bool('force'),
    bool('now'),
    bool('ignore-not-found'),
    bool('wait', undefined, 'true'),
    { name: 'cascade', type: 'string', initial: 'background', bare: 'background' },
    int('grace-period', '-1'),
    duration('timeout', '0s'),
    string('raw'),
    flagSince(29, bool('interactive', 'i')),
  ],
  run: deleteCommandRun,
}

/** How long deletions are waited for when no flag says so. Source: delete.go: a week. */
const waitForeverMs = 168 * 3_600_000

export interface DeleteSettings {
  readonly gracePeriod: number
  readonly force: boolean
  readonly policy: string
  readonly ignoreNotFound: boolean
  readonly timeoutMs: number
  readonly wait: boolean
}

function* deleteCommandRun(call: Call): Steps<number> {
  const { session, flags } = call
  if (flags.string('raw') !== '') return yield* sendRaw(call, 'DELETE')
  const settings = settingsOf(call)
  const dryRun = dryRunOf(call)
  const targets =
    namesFiles(flags) && call.args.length === 0
      ? yield* readFiles(session, flags, {})
      : (yield* select(session, {
          args: call.args,
          labelSelector: flags.string('selector'),
          fieldSelector: flags.string('field-selector'),
          all: flags.bool('all'),
          allComesLast: true,
          allNamespaces: flags.bool('all-namespaces'),
          read: false,
        })).entries
  checkFlags(call, settings)
  const deleted: { readonly info: Info; readonly uid: string }[] = []
  const failures = yield* visitEach(targets, function* (info) {
    deleted.push({ info, uid: yield* deleteOne(call, info, settings, dryRun) })
  })
  failAll(settings.ignoreNotFound ? failures.flatMap((failure) => withoutReason(failure, 'NotFound') ?? []) : failures)
  if (targets.every(({ ok }) => !ok)) session.out('No resources found\n')
  if (!settings.wait || dryRun !== 'none') return 0
  yield* waitForAll(call, deleted, settings.timeoutMs)
  return 0
}

function settingsOf(call: Call): DeleteSettings {
  const { flags } = call
  let gracePeriod = flags.int('grace-period')
  if (flags.bool('now')) {
    if (gracePeriod !== -1) fail('--now and --grace-period cannot be specified together')
    gracePeriod = 1
  }
  if (gracePeriod === 0 && !flags.bool('force')) gracePeriod = 1
  if (flags.bool('force') && gracePeriod < 0) gracePeriod = 0
  const selective = flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== ''
  return {
    gracePeriod,
    force: flags.bool('force'),
    policy: propagationPolicy(call, flags.string('cascade')),
    ignoreNotFound: flags.changed('ignore-not-found') ? flags.bool('ignore-not-found') : selective,
    timeoutMs: flags.durationMs('timeout') || waitForeverMs,
    wait: flags.bool('wait'),
  }
}

/** Source: pkg/cmd/util/helpers.go, GetCascadingStrategy (1.20); before, a boolean. */
export function propagationPolicy({ session }: Call, cascade: string): string {
  const instead = { true: 'background', false: 'orphan' }[String(parseBool(cascade))]
  if (instead !== undefined && session.version.cascadesByName)
    session.err(
      `warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${instead}.\n`,
    )
  const policies: Readonly<Record<string, string>> = {
    background: 'Background',
    orphan: 'Orphan',
    foreground: 'Foreground',
  }
  return (
    policies[instead ?? cascade] ??
    fail(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
  )
}

function checkFlags(call: Call, settings: DeleteSettings): void {
  const { session, flags } = call
  const output = flags.string('output')
  if (output !== '' && output !== 'name') fail(`unexpected -o output mode: ${output}. We only support '-o name'`)
  if (flags.bool('all') && flags.string('selector') !== '') fail('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.string('field-selector') !== '')
    fail('cannot set --all and --field-selector at the same time')
  if (settings.gracePeriod > 0 && settings.force)
    fail('--force and --grace-period greater than 0 cannot be specified together')
  if (settings.gracePeriod === 0 && settings.force) {
    session.err(
      `${session.version.warningWord}: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n`,
    )
  }
}

/** The uid of what was deleted; empty when nobody knows. */
function* deleteOne(call: Call, info: Info, settings: DeleteSettings, dryRun: string): Steps<string> {
  const { session, flags } = call
  if (session.namespaceIsExplicit && !info.mapping.namespaced && !flags.bool('all-namespaces')) {
    session.err(
      `${session.version.warningWord}: deleting cluster-scoped resources, not scoped to the provided namespace\n`,
    )
  }
  const operation = settings.gracePeriod === 0 ? 'force deleted' : 'deleted'
  let uid = ''
  if (dryRun !== 'client') {
    const body = {
      ...(settings.gracePeriod >= 0 ? { gracePeriodSeconds: settings.gracePeriod } : {}),
      propagationPolicy: settings.policy,
    }
    const result = yield* attempt(deleteObject(session, info, body, { dryRun: dryRun === 'server' }))
    if (!result.ok) throw new CommandFailure(sourced('deleting', info, result.failure))
    uid = textAt(result.value, 'details', 'uid') || textAt(result.value, 'metadata', 'uid')
  }
  if (flags.string('output') === 'name') session.out(`${typeName(info.mapping)}/${info.name}\n`)
  else
    session.out(
      `${typeName(info.mapping)} ${goQuote(info.name)} ${operation}${deletedFrom(call, info)}${dryRunSuffix(dryRunKind(dryRun))}\n`,
    )
  return uid
}

function dryRunKind(text: string): 'none' | 'client' | 'server' {
  return text === 'client' || text === 'server' ? text : 'none'
}

/** Where an object was deleted from, as newer kubectls say. */
export function deletedFrom(call: Call, info: Info): string {
  return call.session.version.saysDeletedFrom && info.namespace !== '' ? ` from ${info.namespace} namespace` : ''
}

export function* waitForAll(
  call: Call,
  deleted: readonly { readonly info: Info; readonly uid: string }[],
  timeoutMs: number,
): Steps<void> {
  for (const { info, uid } of deleted) {
    let gone = true
    try {
      gone = yield* waitGone(call.session, info, uid, timeoutMs)
    } catch (error) {
      // Who may not look may not wait, and that is no failure.
      if (
        error instanceof CommandFailure &&
        (isReason(error.failure, 'Forbidden') || isReason(error.failure, 'MethodNotAllowed'))
      )
        return
      throw error
    }
    if (!gone) fail(`timed out waiting for the condition on ${groupResource(info.mapping)}/${info.name}`)
  }
}
