import { withoutValue, withValue } from '../../api/change.ts'
import { labelValue, qualifiedName } from '../../api/validation/formats.ts'
import { at, isObject, type JsonObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failAll, failUsage, failureMessage } from '../cli/failure.ts'
import { bool, duration, flagSince, flagUntil, int, string } from '../cli/flags.ts'
import { until } from '../cli/until.ts'
import { taintText } from '../describe/node.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { sendChange } from './change.ts'
import { waitGone } from './wait-gone.ts'
import { createReport, dryRunFlag, dryRunOf, dryRunSuffix, eachItem, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/drain/drain.go, pkg/drain. */
export const cordonCommand: Command = cordoning('cordon', 'Mark node as unschedulable', true)
export const uncordonCommand: Command = cordoning('uncordon', 'Mark node as schedulable', false)

function cordoning(name: string, short: string, unschedulable: boolean): Command {
  return {
    name,
    short,
    flags: [dryRunFlag, string('selector', 'l')],
    run(call) {
      const infos = nodesOf(call)
      const broken = eachItem(infos, (info) => cordon(call, info, unschedulable))
      failAll(broken)
      return 0
    },
  }
}

function nodesOf(call: Call): readonly Info[] {
  const { session, flags, args } = call
  const selector = flags.string('selector')
  if (args.length === 0 && selector === '') failUsage(call.path, `USAGE: ${call.path.split(' ').at(-1)} NODE [flags]`)
  if (args.length > 0 && selector !== '')
    failUsage(call.path, 'error: cannot specify both a node name and a --selector option')
  const selection = selector === '' ? { args, defaultType: 'nodes' } : { args: ['nodes'], labelSelector: selector }
  const { infos, failures } = partition(select(session, selection).entries)
  failAll(failures)
  return infos
}

function cordon(call: Call, info: Info, unschedulable: boolean): void {
  const { session } = call
  const dryRun = dryRunOf(call)
  const done = unschedulable ? 'cordoned' : 'uncordoned'
  const isSo = at(info.object, 'spec', 'unschedulable') === true
  if (isSo === unschedulable) {
    session.out(`node/${info.name} already ${done}${dryRunSuffix(dryRun)}\n`)
    return
  }
  const changed = unschedulable
    ? withValue(info.object, ['spec', 'unschedulable'], true)
    : withoutValue(info.object, ['spec', 'unschedulable'])
  if (dryRun !== 'client') sendChange(call, info, changed, 'kubectl-cordon', dryRun)
  session.out(`node/${info.name} ${done}${dryRunSuffix(dryRun)}\n`)
}

export const drainCommand: Command = {
  name: 'drain',
  short: 'Drain node in preparation for maintenance',
  flags: [
    dryRunFlag,
    string('selector', 'l'),
    string('pod-selector'),
    bool('force'),
    bool('ignore-daemonsets'),
    flagUntil(31, bool('delete-local-data')),
    flagSince(20, bool('delete-emptydir-data')),
    bool('disable-eviction'),
    int('grace-period', '-1'),
    duration('timeout', '0s'),
    int('skip-wait-for-delete-timeout', '0'),
  ],
  run: drain,
}

function* drain(call: Call): Steps<number> {
  const { session } = call
  const infos = nodesOf(call)
  for (const info of infos) cordon(call, info, true)
  for (const info of infos) {
    const pods = podsToGo(call, info)
    for (const pod of pods) yield* evict(call, pod)
    session.out(`node/${info.name} ${session.version.saysDrained ? 'drained' : 'evicted'}\n`)
  }
  return 0
}

/** Pods that must leave, or why it cannot be done. Source: kubectl pkg/drain/filters.go. */
function podsToGo(call: Call, info: Info): readonly unknown[] {
  const { session, flags } = call
  const query = {
    fieldSelector: `spec.nodeName=${info.name}`,
    ...(flags.string('pod-selector') === '' ? {} : { labelSelector: flags.string('pod-selector') }),
  }
  const pods = listAt(session.rest.request('GET', '/api/v1/pods', { query }), 'items').filter(
    (pod) => textAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') === '',
  )
  const emptyDirFlag = session.version.deleteEmptyDirData ? 'delete-emptydir-data' : 'delete-local-data'
  const problems = new Map<string, string[]>()
  const warnings = new Map<string, string[]>()
  const note = (into: Map<string, string[]>, text: string, pod: unknown): void => {
    into.set(text, [
      ...(into.get(text) ?? []),
      `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`,
    ])
  }
  const going = pods.filter((pod) => {
    const phase = textAt(pod, 'status', 'phase')
    const ended = phase === 'Succeeded' || phase === 'Failed'
    const owner = listAt(pod, 'metadata', 'ownerReferences').find((reference) => at(reference, 'controller') === true)
    if (textAt(owner, 'kind') === 'DaemonSet') {
      if (flags.bool('ignore-daemonsets')) note(warnings, 'ignoring DaemonSet-managed Pods', pod)
      else note(problems, 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod)
      return false
    }
    const local = listAt(pod, 'spec', 'volumes').some((volume) => isObject(at(volume, 'emptyDir')))
    if (local && !ended) {
      if (flags.bool('delete-local-data') || flags.bool('delete-emptydir-data'))
        note(warnings, 'deleting Pods with local storage', pod)
      else note(problems, `Pods with local storage (use --${emptyDirFlag} to override)`, pod)
    }
    if (owner === undefined && !ended) {
      const what = 'Pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet'
      if (flags.bool('force')) note(warnings, `deleting ${what}`, pod)
      else note(problems, `${what} (use --force to override)`, pod)
    }
    return true
  })
  if (problems.size > 0) {
    const texts = [...problems].map(([text, names]) => `cannot delete ${text}: ${names.join(', ')}`)
    session.err(`error: unable to drain node ${goQuote(info.name)}, aborting command...\n\n`)
    session.err(`There are pending nodes to be drained:\n ${info.name}\n`)
    fail(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`)
  }
  const told = [...warnings].map(([text, names]) => `${text}: ${names.join(', ')}`)
  if (told.length > 0) session.err(`${session.version.drainWarnsInWords ? 'Warning' : 'WARNING'}: ${told.join('; ')}\n`)
  return going
}

function* evict(call: Call, pod: unknown): Steps<void> {
  const { session, flags } = call
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  const dryRun = dryRunOf(call)
  session.out(`evicting pod ${namespace}/${name}${dryRunSuffix(dryRun)}\n`)
  if (dryRun === 'client') return
  const grace = flags.int('grace-period')
  const deleteOptions = grace >= 0 ? { gracePeriodSeconds: grace } : {}
  const version = session.version.evictsByPolicyV1 ? 'policy/v1' : 'policy/v1beta1'
  const body = JSON.stringify({ kind: 'Eviction', apiVersion: version, metadata: { name, namespace }, deleteOptions })
  const asked = flags.durationMs('timeout')
  const deadline = asked === 0 ? Number.POSITIVE_INFINITY : session.host.now() + asked
  for (;;) {
    const result = attempt(() =>
      session.rest.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body }),
    )
    if (result.ok) break
    if (result.failure.kind === 'status' && result.failure.status.code === 404) return
    if (result.failure.kind !== 'status' || result.failure.status.code !== 429)
      throw new CommandFailure(evictionFailure(name, result.failure))
    session.err(`error when evicting pod ${goQuote(name)} (will retry after 5s): ${failureMessage(result.failure)}\n`)
    if (session.host.now() + 5000 > deadline)
      fail(`error when evicting pod ${goQuote(name)}: global timeout reached: ${flags.string('timeout')}`)
    yield* until(session.host, () => false, 5000)
  }
  const mapping = session.discovery.forKind('v1', 'Pod')
  const info: Info = { mapping, namespace, name, source: '', object: pod }
  const gone = yield* waitGone(session, info, textAt(pod, 'metadata', 'uid'), deadline - session.host.now())
  if (!gone)
    fail(`error when waiting for pod ${goQuote(name)} terminating: global timeout reached: ${flags.string('timeout')}`)
  session.out(`pod/${name} evicted\n`)
}

function evictionFailure(name: string, failure: Failure): Failure {
  return { kind: 'message', text: `error when evicting pod ${goQuote(name)}: ${failureMessage(failure)}` }
}

/** Source: kubectl pkg/cmd/taint/taint.go, utils.go. */
export const taintCommand: Command = {
  name: 'taint',
  short: 'Update the taints on one or more nodes',
  flags: [...writeFlags, string('selector', 'l'), bool('overwrite'), bool('all')],
  run: taint,
}

interface Taint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function parseTaint(call: Call, text: string): Taint {
  const [pair = '', effect, ...more] = text.split(':')
  if (more.length > 0) fail(`invalid taint spec: ${text}`)
  if (effect !== undefined && !effects.includes(effect))
    fail(`invalid taint effect: ${effect}, unsupported taint effect`)
  const [key = '', value = '', ...rest] = effect === undefined ? [pair] : pair.split('=')
  if (rest.length > 0) fail(`invalid taint spec: ${text}`)
  const errors = [...labelValue(value, call.session.version.minor), ...qualifiedName(key, call.session.version.minor)]
  if (errors.length > 0) fail(`invalid taint spec: ${text}, ${errors.join('; ')}`)
  return { key, value, effect: effect ?? '' }
}

function taint(call: Call): number {
  const { session, flags, args } = call
  const isSpec = (arg: string): boolean => arg.includes('=') || arg.includes(':') || arg.endsWith('-')
  const first = args.findIndex(isSpec)
  const resources = first < 0 ? args : args.slice(0, first)
  const specs = first < 0 ? [] : args.slice(first)
  const late = specs.find((spec) => !isSpec(spec))
  if (late !== undefined) fail(`all resources must be specified before taint changes: ${late}`)
  if (resources.length === 0) fail('one or more resources must be specified as <resource> <name>')
  if (specs.length === 0) fail('at least one taint update is required')
  const parsed = attempt(() =>
    specs.map((spec) => ({ taint: parseTaint(call, spec.replace(/-$/, '')), removed: spec.endsWith('-') })),
  )
  if (!parsed.ok) return failUsage(call.path, failureMessage(parsed.failure))
  if (!['node', 'nodes', 'no'].includes(resources[0] ?? ''))
    fail(`invalid resource type ${resources[0]}, only ["node" "nodes"] are supported`)
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const selection = { args: resources, labelSelector: flags.string('selector'), all: flags.bool('all') }
  const { infos, failures } = partition(select(session, selection).entries)
  const broken = eachItem(infos, (info) => {
    const added = parsed.value.filter(({ removed }) => !removed).map((one) => one.taint)
    const removed = parsed.value.filter((one) => one.removed).map((one) => one.taint)
    const { taints, operation } = retaint(call, info, added, removed)
    const changed = withValue(info.object, ['spec', 'taints'], taints)
    report(dryRun === 'client' ? changed : sendChange(call, info, changed, 'kubectl-taint', dryRun), operation)
  })
  failAll([...failures, ...broken])
  return 0
}

function retaint(
  call: Call,
  info: Info,
  added: readonly Taint[],
  removed: readonly Taint[],
): { readonly taints: readonly JsonObject[]; readonly operation: string } {
  const old = listAt(info.object, 'spec', 'taints').filter(isObject)
  const same = (one: unknown, taint: Taint): boolean =>
    textAt(one, 'key') === taint.key && textAt(one, 'effect') === taint.effect
  const taken = added.filter((taint) => old.some((one) => same(one, taint)))
  if (taken.length > 0 && !call.flags.bool('overwrite')) {
    const keys = taken.map(({ key }) => key).join(',')
    fail(`node ${info.name} already has ${keys} taint(s) with same effect(s) and --overwrite is false`)
  }
  const goes = (one: unknown, taint: Taint): boolean =>
    textAt(one, 'key') === taint.key && (taint.effect === '' || textAt(one, 'effect') === taint.effect)
  failAll(
    removed
      .filter((taint) => !old.some((one) => goes(one, taint)))
      .map((taint) => ({ kind: 'message', text: `taint ${goQuote(taintText(taint))} not found` })),
  )
  const kept = old.filter(
    (one) => !removed.some((taint) => goes(one, taint)) && !added.some((taint) => same(one, taint)),
  )
  const next = added.map(({ key, value, effect }): JsonObject => ({ key, ...(value === '' ? {} : { value }), effect }))
  const operation =
    removed.length > 0 && added.length > 0
      ? 'modified'
      : removed.length > 0
        ? 'untainted'
        : taken.length > 0
          ? 'modified'
          : 'tainted'
  return { taints: [...next, ...kept], operation }
}
