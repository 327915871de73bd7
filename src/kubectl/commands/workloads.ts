import { goJson, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource, resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, type Failure, fail, failAll } from '../cli/failure.ts'
import { bool, duration, int, required, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { printFlags } from '../print/printers.ts'
import { filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { recordFlags, recordPatch } from './change-cause.ts'
import { createReport, dryRunFlag, dryRunOf, managerOf, patchTypes, type Report } from './write.ts'

/** Source: kubectl pkg/cmd/scale/scale.go, pkg/scale/scale.go. */
export const scaleCommand: Command = {
  name: 'scale',
  short: 'Set a new size for a Deployment, ReplicaSet or Replication Controller',
  flags: [
    ...printFlags,
    dryRunFlag,
    ...recordFlags,
    ...filenameFlags,
    required(int('replicas', '-1')),
    int('current-replicas', '-1'),
    string('resource-version'),
    string('selector', 'l'),
    bool('all'),
    duration('timeout', '0s'),
  ],
  run: scale,
}

export function* targetsOf(
  call: Call,
  args: readonly string[],
  typeMeansAll = false,
  selector = 'selector',
  isTyped = false,
): Steps<{ readonly infos: readonly Info[]; readonly failures: readonly Failure[] }> {
  const { session, flags } = call
  if (namesFiles(flags)) {
    const isOffline = flags.has('local') && flags.bool('local')
    const read = yield* readFiles(session, flags, { isOffline, isTyped })
    return partition(isOffline ? read : yield* readAgain(session, read))
  }
  const has = (name: string): boolean => flags.has(name) && flags.bool(name)
  return partition(
    (yield* select(session, {
      args,
      typeMeansAll,
      labelSelector: flags.has(selector) ? flags.string(selector) : '',
      all: has('all'),
    })).entries,
  )
}

/** The same, read into kubectl's own structs. Source: builder.go, WithScheme. */
export function structsOf(call: Call, args: readonly string[]) {
  return targetsOf(call, args, false, 'selector', true)
}

function* scale(call: Call): Steps<number> {
  const { session, flags } = call
  const replicas = flags.int('replicas')
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { tellsDryRun: session.version.scaleTellsDryRun })
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const { infos, failures } = yield* targetsOf(call, call.args)
  const broken = yield* eachItem(infos, (info) => scaleOne(call, info, replicas, dryRun, report))
  const nothing = 'no objects passed to scale'
  const { scaleNamesWhatFailed, scaleTellsErrorsAlone, scaleTellsNothingPassed } = session.version
  if (scaleTellsNothingPassed && !scaleNamesWhatFailed && infos.length === 0) fail(nothing)
  const [missing, ...more] = failures
  if (scaleNamesWhatFailed && !scaleTellsErrorsAlone && infos.length + more.length === 0 && missing?.kind === 'status')
    fail(`${nothing} ${missing.status.message}`)
  failAll([...failures, ...broken])
  if (infos.length === 0) fail(nothing)
  return 0
}

function* scaleOne(call: Call, info: Info, replicas: number, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  if (dryRun !== 'client') {
    checkPreconditions(call, info)
    const patch = goJson({ spec: { replicas } })
    const path = resourcePath(info.mapping, info.namespace, info.name, 'scale')
    yield* session.rest.request('PATCH', path, {
      body: patch,
      contentType: patchTypes.merge ?? '',
      resource: groupResource(info.mapping),
      query: {
        ...(dryRun === 'server' ? { dryRun: 'All' } : {}),
        ...(session.version.sendsFieldManager ? { fieldManager: managerOf(call, 'kubectl') } : {}),
      },
    })
    const cause = recordPatch(call)
    if (cause !== undefined) yield* attempt(patchObject(session, info, patchTypes.merge ?? '', cause))
  }
  report(info.object, 'scaled')
}

function checkPreconditions(call: Call, info: Info): void {
  const { flags } = call
  const wanted = flags.int('current-replicas')
  const current = numberAt(info.object, ['spec', 'replicas'])
  if (wanted >= 0 && wanted !== current) fail(`Expected replicas to be ${wanted}, was ${current}`)
  const version = flags.string('resource-version')
  const own = textAt(info.object, 'metadata', 'resourceVersion')
  if (version !== '' && version !== own) fail(`Expected resource version to be ${version}, was ${own}`)
}
