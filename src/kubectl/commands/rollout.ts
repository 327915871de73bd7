import { withoutValue, withValue } from '../../api/change.ts'
import { at, goJson, listAt, numberAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { alignTabs, describeTabs } from '../../go/tabwriter.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupResource, resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll, failNotSimulated, failureMessage } from '../cli/failure.ts'
import { bool, duration, int, string } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import { until } from '../cli/until.ts'
import type { DryRun } from '../create/dry-run.ts'
import { describeTemplate, replicaSetsOf } from '../describe/workloads.ts'
import { DescribeWriter } from '../describe/writer.ts'
import { filenameFlags } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { changePatch } from './change.ts'
import { rolloutStatus } from './rollout-status.ts'
import { targetsOf } from './workloads.ts'
import { createReport, dryRunOf, managerOf, patchTypes, type Report, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/rollout, pkg/polymorphichelpers. */
export const rolloutCommand: Command = {
  name: 'rollout',
  short: 'Manage the rollout of a resource',
  long: 'Manage the rollout of a resource.\n  \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets',
  children: [
    {
      name: 'history',
      short: 'View rollout history',
      flags: [...writeFlags, ...filenameFlags, int('revision', '0')],
      run: history,
    },
    changeCommand('pause', 'Mark the provided resource as paused', 'paused', true),
    {
      name: 'restart',
      short: 'Restart a resource',
      flags: [...writeFlags, ...filenameFlags, string('selector', 'l')],
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
        string('selector', 'l'),
      ],
      run: status,
    },
    {
      name: 'undo',
      short: 'Undo a previous rollout',
      flags: [...writeFlags, ...filenameFlags, int('to-revision', '0')],
      run: undo,
    },
  ],
}

function requireTargets(call: Call): void {
  if (call.args.length === 0 && call.flags.list('filename').length === 0 && call.flags.string('kustomize') === '') {
    fail('required resource not specified')
  }
}

const restartable = ['Deployment', 'DaemonSet', 'StatefulSet']

function* restart(call: Call): Steps<number> {
  requireTargets(call)
  const report = createReport(call, dryRunOf(call))
  const { infos, failures } = yield* targetsOf(call, call.args, true)
  const broken = yield* eachItem(infos, (info) => restartOne(call, info, report))
  failAll([...failures, ...broken])
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

function changeCommand(name: string, short: string, done: string, paused: boolean): Command {
  return {
    name,
    short,
    flags: [...writeFlags, ...filenameFlags, string('selector', 'l')],
    *run(call) {
      requireTargets(call)
      const report = createReport(call, 'none')
      const { infos, failures } = yield* targetsOf(call, call.args, true)
      const broken = yield* eachItem(infos, (info) => changeOne(call, info, paused, done, report))
      failAll([...failures, ...broken])
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

const revisionAnnotation = 'deployment.kubernetes.io/revision'

function revisionOf(object: unknown): number {
  return Number(textAt(object, 'metadata', 'annotations', revisionAnnotation) || '0')
}

interface Revision {
  readonly revision: number
  readonly cause: string
  readonly template: unknown
}

function* revisionsOf(call: Call, info: Info): Steps<readonly Revision[]> {
  const cause = (object: unknown): string => textAt(object, 'metadata', 'annotations', 'kubernetes.io/change-cause')
  if (info.mapping.kind === 'Deployment') {
    return (yield* replicaSetsOf(call.session, info.object)).all.map((set) => ({
      revision: revisionOf(set),
      cause: cause(set),
      template: at(set, 'spec', 'template'),
    }))
  }
  if (info.mapping.kind !== 'DaemonSet' && info.mapping.kind !== 'StatefulSet') {
    return fail(
      `no history viewer has been implemented for ${goQuote(info.mapping.group === '' ? info.mapping.kind : `${info.mapping.kind}.${info.mapping.group}`)}`,
    )
  }
  const path = `/apis/apps/v1/namespaces/${info.namespace}/controllerrevisions`
  const uid = textAt(info.object, 'metadata', 'uid')
  return listAt(yield* call.session.rest.request('GET', path), 'items')
    .filter((one) => listAt(one, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid))
    .map((one) => ({
      revision: numberAt(one, ['revision']),
      cause: cause(one),
      template: at(one, 'data', 'spec', 'template'),
    }))
}

/** Source: kubectl pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go. */
function* history(call: Call): Steps<number> {
  const { session, flags } = call
  requireTargets(call)
  const wanted = flags.int('revision')
  if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`)
  const { infos, failures } = yield* targetsOf(call, call.args, true)
  failAll(failures)
  for (const info of infos) {
    const revisions = [...(yield* revisionsOf(call, info))].sort((a, b) => a.revision - b.revision)
    const named = `${info.mapping.kind.toLowerCase()}.${info.mapping.group}/${info.name}`
    session.out(`${named} ${wanted > 0 ? `with revision #${wanted}` : ''}\n`)
    if (wanted > 0) {
      const found = revisions.find(({ revision }) => revision === wanted)
      if (found === undefined) fail('unable to find the specified revision')
      const w = new DescribeWriter()
      describeTemplate(
        { session, w, object: info.object, namespace: info.namespace, showEvents: false },
        found?.template,
      )
      session.out(`${w.raw()}\n`)
      continue
    }
    const lines = revisions.map(({ revision, cause }) => `${revision}\t${cause || '<none>'}`)
    session.out(`${alignTabs(`${['REVISION\tCHANGE-CAUSE', ...lines].join('\n')}\n`, describeTabs)}\n`)
  }
  return 0
}

/** Source: kubectl pkg/cmd/rollout/rollout_status.go. */
function* status(call: Call): Steps<number> {
  const { session, flags } = call
  requireTargets(call)
  const { infos, failures } = yield* targetsOf(call, call.args, true)
  failAll(failures)
  if (infos.length !== 1 && !session.version.rolloutStatusOfSeveral) {
    fail(
      `rollout status is only supported on individual resources and resource collections - ${infos.length} resources were found`,
    )
  }
  const asked = flags.durationMs('timeout')
  const deadline = asked === 0 ? Number.POSITIVE_INFINITY : session.host.now() + asked
  for (const info of infos) yield* followRollout(call, info, deadline)
  return 0
}

function* followRollout(call: Call, info: Info, deadline: number): Steps<void> {
  const { session, flags } = call
  const watching = flags.bool('watch')
  let last = ''
  let object: unknown = info.object
  for (;;) {
    const result = rolloutStatus(info.mapping.kind, object, flags.int('revision'), revisionOf(object))
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

/** Source: kubectl pkg/polymorphichelpers/rollback.go. */
function* undo(call: Call): Steps<number> {
  const { flags } = call
  requireTargets(call)
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const wanted = flags.int('to-revision')
  const { infos, failures } = yield* targetsOf(call, call.args, true)
  const broken = yield* eachItem(infos, (info) => undoOne(call, info, wanted, dryRun, report))
  failAll([...failures, ...broken])
  return 0
}

function* undoOne(call: Call, info: Info, wanted: number, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  if (info.mapping.kind !== 'Deployment') failNotSimulated(`rollout undo of a ${info.mapping.kind}`)
  if (at(info.object, 'spec', 'paused') === true) {
    fail(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${info.name}' and try again`,
    )
  }
  const revisions = [...(yield* revisionsOf(call, info))].sort((a, b) => b.revision - a.revision)
  const target = wanted > 0 ? revisions.find(({ revision }) => revision === wanted) : revisions[1]
  if (target === undefined) {
    fail(
      wanted > 0
        ? `unable to find specified revision ${wanted} in history`
        : `no rollout history found for deployment ${goQuote(info.name)}`,
    )
    return
  }
  const template = withoutValue(target.template, ['metadata', 'labels', 'pod-template-hash'])
  const patch = goJson([{ op: 'replace', path: '/spec/template', value: template }])
  const result = yield* attempt(
    patchObject(session, info, patchTypes.json ?? '', patch, {
      dryRun: dryRun === 'server',
      fieldManager: 'kubectl-rollout',
    }),
  )
  if (!result.ok)
    throw new CommandFailure({
      kind: 'message',
      text: `failed restoring revision ${wanted}: ${failureMessage(result.failure)}`,
    })
  report(info.object, 'rolled back')
}
