import { withValue } from '../../api/change.ts'
import { goJson, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource, resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, fail, failAll } from '../cli/failure.ts'
import { bool, duration, int, required, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { printFlags } from '../print/printers.ts'
import { type Entry, filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
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

/** How the objects of a command are had. */
export interface Targeting {
  readonly typeMeansAll?: boolean
  /** The flag that selects by labels. */
  readonly selector?: string
  /** What is in files is read into kubectl's own structs. Source: builder.go, WithScheme. */
  readonly isTyped?: boolean
  /** What is in files is taken as it stands there. Source: builder.go, without Latest. */
  readonly asInFiles?: boolean
}

/** Source: pkg/cmd/rollout. */
export const ofRollouts: Targeting = { typeMeansAll: true, isTyped: true }

export function* entriesOf(
  call: Call,
  args: readonly string[],
  { typeMeansAll = false, selector = 'selector', isTyped = false, asInFiles = false }: Targeting = {},
): Steps<readonly Entry[]> {
  const { session, flags } = call
  if (namesFiles(flags)) {
    const isOffline = flags.has('local') && flags.bool('local')
    const read = yield* readFiles(session, flags, { isOffline, isTyped })
    return isOffline || asInFiles ? read : yield* readAgain(session, read)
  }
  const labelSelector = flags.has(selector) ? flags.string(selector) : ''
  const all = flags.has('all') && flags.bool('all')
  return (yield* select(session, { args, typeMeansAll, labelSelector, all })).entries
}

export function* targetsOf(
  call: Call,
  args: readonly string[],
  targeting?: Targeting,
): Steps<ReturnType<typeof partition>> {
  return partition(yield* entriesOf(call, args, targeting))
}

function* scale(call: Call): Steps<number> {
  const { session, flags } = call
  const replicas = flags.int('replicas')
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { tellsDryRun: session.version.scaleTellsDryRun })
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const { infos, failures } = yield* targetsOf(call, call.args, { asInFiles: true })
  const { scaleStopsAtFirst } = session.version
  if (scaleStopsAtFirst) for (const info of infos) yield* scaleOne(call, info, replicas, dryRun, report)
  const broken = scaleStopsAtFirst
    ? []
    : yield* eachItem(infos, (info) => scaleOne(call, info, replicas, dryRun, report))
  const nothing = 'no objects passed to scale'
  const { scaleNamesWhatFailed, scaleTellsErrorsAlone, scaleTellsNothingPassed } = session.version
  if (scaleTellsNothingPassed && !scaleNamesWhatFailed && infos.length === 0) fail(nothing)
  const [missing, ...more] = failures
  if (scaleNamesWhatFailed && !scaleTellsErrorsAlone && infos.length + more.length === 0 && missing?.kind === 'status')
    fail(`${nothing} ${missing.status.message}`)
  failAll([...broken, ...failures])
  if (infos.length === 0) fail(nothing)
  return 0
}

function* scaleOne(call: Call, info: Info, replicas: number, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  if (dryRun !== 'client') {
    if (info.name === '') fail('resource name may not be empty')
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
  const isResized = session.version.scaleShowsNewSize && ['', 'apps'].includes(info.mapping.group)
  report(isResized ? withValue(info.object, ['spec', 'replicas'], replicas) : info.object, 'scaled')
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
