import { withoutValue, withValue } from '../../api/change.ts'
import { at, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { groupResource, resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, type Failure, fail, failAll } from '../cli/failure.ts'
import { bool, duration, type FlagSpec, flagSince, int, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { printFlags } from '../print/printers.ts'
import { filenameFlags, untilFirstFailure, visitEach } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { partition } from '../resource/select.ts'
import { changePatch } from './change.ts'
import { history, requireTargets, revisionOf } from './rollout-history.ts'
import { rolloutStatus } from './rollout-status.ts'
import { undo } from './rollout-undo.ts'
import { entriesOf, ofRollouts, targetsOf } from './workloads.ts'
import { createReport, dryRunFlag, managerOf, type Report } from './write.ts'

/** What changes a rollout knows no trial. Source: rollout_pause.go, rollout_restart.go, rollout_resume.go. */
const changeFlags: readonly FlagSpec[] = [
  ...printFlags,
  string('field-manager'),
  ...filenameFlags,
  flagSince(24, string('selector', 'l')),
]

const validTypes = 'Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets'

/** Source: pkg/cmd/rollout/rollout.go, rolloutLong. */
function long(minor: number): string | undefined {
  if (!has(minor, kubectl.rolloutShowsRestarts)) return undefined
  return `Manage the rollout of one or many resources.\n        \n ${validTypes}`
}

/** Source: pkg/cmd/rollout/rollout.go, rolloutExample. */
function examples(minor: number): string {
  const more = has(minor, kubectl.rolloutShowsRestarts)
    ? [
        '# Restart a deployment\nkubectl rollout restart deployment/abc',
        "# Restart deployments with the 'app=nginx' label\nkubectl rollout restart deployment --selector=app=nginx",
      ]
    : []
  const all = [
    '# Rollback to the previous deployment\nkubectl rollout undo deployment/abc',
    '# Check the rollout status of a daemonset\nkubectl rollout status daemonset/foo',
    ...more,
  ]
  return `Examples:\n${all.join('\n\n').replace(/^/gm, '  ')}\n\n`
}

/** Source: kubectl pkg/cmd/rollout, pkg/polymorphichelpers. */
export const rolloutCommand: Command = {
  name: 'rollout',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of a resource.\n  \n ${validTypes}`,
  usage: 'SUBCOMMAND [options]',
  listing: { exitCode: 1, examples, long },
  children: [
    {
      name: 'history',
      short: 'View rollout history',
      flags: [...printFlags, ...filenameFlags, int('revision', '0'), flagSince(24, string('selector', 'l'))],
      run: history,
    },
    changeCommand('pause', 'Mark the provided resource as paused', 'paused', true),
    {
      name: 'restart',
      short: 'Restart a resource',
      flags: changeFlags,
      run: restart,
    },
    changeCommand('resume', 'Resume a paused resource', 'resumed', false),
    {
      name: 'status',
      short: 'Show the status of the rollout',
      flags: [
        ...filenameFlags,
        bool('watch', 'w', 'true'),
        int('revision', '0'),
        duration('timeout', '0s'),
        flagSince(24, string('selector', 'l')),
      ],
      run: status,
    },
    {
      name: 'undo',
      short: 'Undo a previous rollout',
      flags: [
        ...printFlags,
        dryRunFlag,
        ...filenameFlags,
        int('to-revision', '0'),
        flagSince(24, string('selector', 'l')),
      ],
      run: undo,
    },
  ],
}

const restartable = ['Deployment', 'DaemonSet', 'StatefulSet']

function* restart(call: Call): Steps<number> {
  requireTargets(call)
  const report = createReport(call, 'none', { structs: true, printsApart: true })
  const { infos, failures } = yield* targetsOf(call, call.args, ofRollouts)
  const broken = yield* eachItem(infos, (info) => restartOne(call, info, report))
  endChange(call, infos, failures, broken)
  return 0
}

function* restartOne(call: Call, info: Info, report: Report): Steps<void> {
  const { session } = call
  if (!restartable.includes(info.mapping.kind)) {
    fail(`error: ${groupResource(info.mapping)} ${goQuote(info.name)} restarting is not supported`)
  }
  if (at(info.object, 'spec', 'paused') === true) {
    fail(
      `error: ${groupResource(info.mapping)} ${goQuote(info.name)} can't restart paused deployment (run rollout resume first)`,
    )
  }
  const annotations = {
    ...objectAt(info.object, 'spec', 'template', 'metadata', 'annotations'),
    'kubectl.kubernetes.io/restartedAt': rfc3339(session.host.now()),
  }
  const changed = withValue(info.object, ['spec', 'template', 'metadata', 'annotations'], annotations)
  const { type, body } = yield* changePatch(call, info, changed)
  report(
    yield* patchObject(session, info, type, body, { fieldManager: managerOf(call, 'kubectl-rollout') }),
    'restarted',
  )
}

/** What could not be had is one error of several. Source: rollout_restart.go, rollout_pause.go and rollout_resume.go, Run. */
function endChange(
  { session }: Call,
  infos: readonly Info[],
  failures: readonly Failure[],
  broken: readonly Failure[],
): void {
  const [only] = failures
  const missing: Failure | undefined = failures.length > 1 ? { kind: 'several', failures } : only
  const all = missing === undefined ? broken : [missing, ...broken]
  if (all.length > 0) throw new CommandFailure({ kind: 'several', failures: all })
  if (infos.length === 0 && session.version.rolloutTellsNothingFound) tellNothing(session)
}

function tellNothing(session: Session): void {
  session.err(`No resources found in ${session.namespace} namespace.\n`)
}

function changeCommand(name: string, short: string, done: string, paused: boolean): Command {
  return {
    name,
    short,
    flags: changeFlags,
    *run(call) {
      requireTargets(call)
      const report = createReport(call, 'none', { structs: true, printsApart: true })
      const { infos, failures } = yield* targetsOf(call, call.args, ofRollouts)
      const broken = yield* eachItem(infos, (info) => changeOne(call, info, paused, done, report))
      endChange(call, infos, failures, broken)
      return 0
    },
  }
}

function* changeOne(call: Call, info: Info, paused: boolean, done: string, report: Report): Steps<void> {
  const word = paused ? 'pausing' : 'resuming'
  const named = `error: ${groupResource(info.mapping)} ${goQuote(info.name)}`
  if (info.mapping.kind !== 'Deployment') fail(`${named} ${word} is not supported`)
  if ((at(info.object, 'spec', 'paused') === true) === paused)
    fail(`${named} ${paused ? 'is already paused' : 'is not paused'}`)
  const changed = paused
    ? withValue(info.object, ['spec', 'paused'], true)
    : withoutValue(info.object, ['spec', 'paused'])
  const { type, body } = yield* changePatch(call, info, changed)
  report(yield* patchObject(call.session, info, type, body, { fieldManager: managerOf(call, 'kubectl-rollout') }), done)
}

/** Source: kubectl pkg/cmd/rollout/rollout_status.go. */
function* status(call: Call): Steps<number> {
  const { session, flags } = call
  requireTargets(call)
  const all = yield* entriesOf(call, call.args, ofRollouts)
  if (!session.version.rolloutStatusOfSeveral && all.some(({ place }) => place?.list !== undefined))
    fail('watch is only supported on individual resources and resource collections, but a list of resources is found')
  const entries = session.version.rolloutStatusOfSeveral ? all : untilFirstFailure(all)
  const { infos, failures } = partition(entries)
  if (!session.version.rolloutStatusOfSeveral) failAll(failures)
  if (infos.length !== 1 && !session.version.rolloutStatusOfSeveral) {
    fail(
      `rollout status is only supported on individual resources and resource collections - ${infos.length} resources were found`,
    )
  }
  const asked = flags.durationMs('timeout')
  const deadline = asked === 0 ? Number.POSITIVE_INFINITY : session.host.now() + asked
  failAll(yield* visitEach(entries, (info) => followRollout(call, info, deadline)))
  if (infos.length === 0 && session.version.rolloutStatusTellsNothingFound) tellNothing(session)
  return 0
}

function* followRollout(call: Call, info: Info, deadline: number): Steps<void> {
  const { session, flags } = call
  const watching = flags.bool('watch')
  let last = ''
  let object: unknown = info.object
  for (;;) {
    const result = rolloutStatus(info.mapping, object, flags.int('revision'), revisionOf(object))
    if (result.text !== last) session.out(result.text)
    last = result.text
    if (result.done || !watching) return
    const stream = yield* session.rest.watch(resourcePath(info.mapping, info.namespace), {
      query: {
        watch: 'true',
        fieldSelector: `metadata.name=${info.name}`,
        resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
      },
    })
    let lines: readonly string[] = []
    const moved = (): boolean => {
      if (lines.length === 0) lines = stream.take()
      return lines.length > 0 || stream.ended()
    }
    try {
      const timeoutMs = deadline - session.host.now()
      if (!(yield* until(session.host, moved, timeoutMs))) fail('timed out waiting for the condition')
    } finally {
      stream.stop()
    }
    const event: unknown = lines.length === 0 ? undefined : JSON.parse(lines[0] ?? '{}')
    if (textAt(event, 'type') === 'DELETED') fail('object has been deleted')
    if (event !== undefined) object = at(event, 'object')
  }
}
