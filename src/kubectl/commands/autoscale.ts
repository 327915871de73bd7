import { canonicalQuantity, parseQuantity } from '../../api/quantity.ts'
import { goJson, type JsonObject } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, fail, failAll } from '../cli/failure.ts'
import { bool, flagSince, flagUntil, int, required, string } from '../cli/flags.ts'
import type { DryRun } from '../create/dry-run.ts'
import { filenameFlags, visitEach } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { recorded } from './change-cause.ts'
import { emptyTimestamp } from './create-kit.ts'
import { entriesOf } from './workloads.ts'
import { createReport, dryRunOf, managerOf, type Report, writeFlags } from './write.ts'

/** From here on `--cpu` is what to use. */
const amountsSince = 34

/** Source: kubectl pkg/cmd/autoscale/autoscale.go. */
export const autoscaleCommand: Command = {
  name: 'autoscale',
  short: 'Auto-scale a Deployment, ReplicaSet, or ReplicationController',
  flags: [
    ...writeFlags,
    ...filenameFlags,
    required(int('max', '-1')),
    int('min', '-1'),
    flagUntil(amountsSince, int('cpu-percent', '-1')),
    flagSince(amountsSince, {
      ...int('cpu-percent', '-1'),
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    }),
    flagSince(amountsSince, string('cpu')),
    flagSince(amountsSince, string('memory')),
    string('name'),
    bool('save-config'),
  ],
  *run(call) {
    const { flags } = call
    const [max, min] = [flags.int('max'), flags.int('min')]
    if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
    if (max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
    const wanted = targets(call)
    const dryRun = dryRunOf(call)
    const report = createReport(call, dryRun, { structs: true })
    const entries = yield* entriesOf(call, call.args, { asInFiles: true })
    failAll(yield* visitEach(entries, (info) => autoscaleOne(call, info, wanted, dryRun, report)))
    if (entries.length === 0) fail('no objects passed to autoscale')
    return 0
  },
}

type Target = { readonly percent: number } | { readonly amount: string }

interface Wanted {
  readonly cpu: Target | undefined
  readonly memory: Target | undefined
}

function targets({ session, flags }: Call): Wanted {
  const percent = flags.int('cpu-percent')
  const plain = percent >= 0 ? { percent } : undefined
  if (!session.version.autoscalesByMemory) return { cpu: plain, memory: undefined }
  const [cpu, memory] = [flags.string('cpu'), flags.string('memory')]
  if (percent > 0 && cpu !== '') fail('--cpu-percent and --cpu are mutually exclusive')
  return {
    cpu: cpu === '' ? plain : targetOf(cpu, 'cpu'),
    memory: memory === '' ? undefined : targetOf(memory, 'memory'),
  }
}

/** A number alone counts thousandths of a processor, or mebibytes. Source: parseResourceInput, getDefaultUnitForResource. */
function targetOf(given: string, resource: 'cpu' | 'memory'): Target {
  const input = given.trim()
  if (input === '') fail('empty input')
  if (input.endsWith('%')) {
    const digits = input.slice(0, -1)
    const percent = /^\+?\d+$/.test(digits) ? Number(digits) : Number.NaN
    return percent <= 2_147_483_647 ? { percent } : fail(`invalid percentage value: ${digits}`)
  }
  const isPlain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(input)
  const amount = isPlain ? `${Number(input)}${resource === 'cpu' ? 'm' : 'Mi'}` : input
  const parsed = parseQuantity(amount)
  if (!parsed.ok) fail(isPlain ? parsed.message : `invalid resource ${resource} value: ${input}`)
  return { amount: canonicalQuantity(amount) }
}

/** Kinds that have a size to set. Source: client-go scale/util.go, ScaleForResource, as discovery tells it. */
const scalable = new Set(['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'replicationcontrollers'])

function* autoscaleOne(call: Call, info: Info, wanted: Wanted, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  const { group, version, resource, kind } = info.mapping
  if (!scalable.has(group === '' ? resource : `${resource}.${group}`)) {
    const named = `${group === '' ? '' : `${group}`}/${version}, Resource=${resource}`
    fail(`cannot autoscale a ${kind}: could not find scale subresource for ${named} in discovery information`)
  }
  if (!session.version.autoscalesV2) {
    yield* make(call, info, autoscalerV1(call, info), dryRun, report)
    return
  }
  const first = yield* attempt(make(call, info, autoscalerV2(call, info, wanted), dryRun, report))
  if (first.ok) return
  if (session.version.autoscalesByMemory) checkFallback(call, wanted)
  yield* make(call, info, autoscalerV1(call, info), dryRun, report)
}

/** Source: canCreateHPAV1, which reads `--cpu` even where it was not given. */
function checkFallback({ flags }: Call, wanted: Wanted): void {
  const text = 'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1'
  if (flags.string('cpu') === '') fail(`${text}: empty input`)
  const isPercent = wanted.cpu !== undefined && 'percent' in wanted.cpu
  if (wanted.memory !== undefined || !isPercent) fail(`${text}: %!w(<nil>)`)
}

function autoscalerV1(call: Call, info: Info): JsonObject {
  const percent = call.flags.int('cpu-percent')
  return {
    ...headOf(call, info, 'v1'),
    spec: { ...specOf(call, info), ...(percent >= 0 ? { targetCPUUtilizationPercentage: percent } : {}) },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  }
}

function autoscalerV2(call: Call, info: Info, { cpu, memory }: Wanted): JsonObject {
  const metrics = [...metric('cpu', cpu), ...metric('memory', memory)]
  return {
    ...headOf(call, info, 'v2'),
    spec: { ...specOf(call, info), ...(metrics.length === 0 ? {} : { metrics }) },
    status: { desiredReplicas: 0, currentMetrics: null },
  }
}

function metric(name: string, target: Target | undefined): readonly object[] {
  if (target === undefined) return []
  const wanted =
    'percent' in target
      ? { type: 'Utilization', averageUtilization: target.percent }
      : { type: 'AverageValue', averageValue: target.amount }
  return [{ type: 'Resource', resource: { name, target: wanted } }]
}

function headOf({ session, flags }: Call, info: Info, version: string): JsonObject {
  return {
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: flags.string('name') || info.name, ...emptyTimestamp(session) },
  }
}

function specOf({ flags }: Call, info: Info): JsonObject {
  const { group, version, kind } = info.mapping
  return {
    scaleTargetRef: { kind, name: info.name, apiVersion: group === '' ? version : `${group}/${version}` },
    ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
    maxReplicas: flags.int('max'),
  }
}

function* make(call: Call, info: Info, given: JsonObject, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  const autoscaler = recorded(call, given)
  if (dryRun === 'client') {
    report(autoscaler, 'created')
    return
  }
  // It asked whether a kind without a name can be tried. Source: autoscale.go, Run.
  if (dryRun === 'server' && !session.version.triesAutoscalers)
    fail(`/, Kind= doesn't support ${session.version.namesParameters ? 'dryRun' : 'dry-run'}`)
  const path = `/apis/${autoscaler.apiVersion}/namespaces/${info.namespace}/horizontalpodautoscalers`
  const made = yield* session.rest.request('POST', path, {
    body: goJson(autoscaler),
    query: {
      ...(dryRun === 'server' ? { dryRun: 'All' } : {}),
      ...(session.version.sendsFieldManager ? { fieldManager: managerOf(call, 'kubectl-autoscale') } : {}),
    },
  })
  report(made, 'autoscaled')
}
