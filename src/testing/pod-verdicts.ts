import type { Deployment, KubeObject, Pod, Sim } from '../index.ts'
import { closest } from '../sim/input/closest.ts'
import { holds, nameOf, refOf, type Target, type Verdict, type Wanted, wantedText } from './verdict.ts'

/** What holds of Pods and their containers. */

/** What a Pod must look like; only what is given is looked at. */
export interface PodExpectation {
  readonly namespace?: string
  readonly phase?: string
  readonly ready?: boolean
  /** Reason of a waiting or terminated container. */
  readonly reason?: string
}

/** That a Pod is there and looks so. */
export function hasPod(sim: Sim, name: string, expected: PodExpectation = {}): Verdict {
  const { namespace, ...wanted } = expected
  const pod = sim.get('Pod', name, namespace)
  const found = pod === undefined ? undefined : shown(pod)
  const pass =
    found !== undefined &&
    Object.entries(wanted).every(
      ([key, value]) =>
        key === 'reason' ? found.reasons.includes(String(value)) : found[key as 'phase' | 'ready'] === value, // the other keys
    )
  return {
    pass,
    what: [`pod ${name}`, `to be ${JSON.stringify(wanted)}`],
    found: pod === undefined ? missing(sim, name, namespace) : podText(pod),
    hints: pass ? [] : whyHints(sim, name, namespace),
    ...(found === undefined ? {} : { sides: { expected: wanted, actual: narrowed(found, wanted) } }),
  }
}

/** That a Pod, or one of its containers, runs. */
export function isRunning(sim: Sim, target: Target): Verdict {
  const ref = refOf(target)
  const pod = sim.get('Pod', ref.pod, ref.namespace)
  const states = statesOf(pod).filter(({ name }) => ref.container === undefined || name === ref.container)
  const pass =
    ref.container === undefined
      ? pod?.status?.phase === 'Running'
      : states.length > 0 && states.every(({ state }) => state === 'running')
  return verdictOfPod(sim, target, 'to be running', pass)
}

/** That a Pod is ready, or all Pods of a workload (`deploy/web`). */
export function isReady(sim: Sim, target: Target): Verdict {
  const workload = typeof target === 'string' ? workloadOf(sim, target) : undefined
  if (workload === undefined) {
    const { pod, namespace } = refOf(target)
    const found = sim.get('Pod', pod, namespace)
    return verdictOfPod(sim, target, 'to be ready', found !== undefined && shown(found).ready)
  }
  const { kind, object } = workload
  const replicas = object?.spec?.replicas ?? 1
  const ready = object?.status?.readyReplicas ?? 0
  return {
    pass: object !== undefined && ready === replicas && (object.status?.updatedReplicas ?? replicas) === replicas,
    what: [String(target), 'to be ready'],
    found: object === undefined ? `there is no such ${kind}` : `${ready} of ${replicas} Pods ready`,
    hints: object === undefined ? [] : unreadyHints(sim, object),
  }
}

/** That a container of a Pod waits, for a reason or a message. */
export function isWaiting(sim: Sim, target: Target, wanted: { readonly for?: Wanted } = {}): Verdict {
  const ref = refOf(target)
  const pod = sim.get('Pod', ref.pod, ref.namespace)
  const unscheduled = pod?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  const waiting = statesOf(pod).filter(
    ({ name, state }) => state === 'waiting' && (ref.container === undefined || name === ref.container),
  )
  const texts = [...waiting, ...(unscheduled === undefined ? [] : [unscheduled])].flatMap(({ reason, message }) => [
    reason,
    message,
  ])
  const pass =
    wanted.for === undefined ? texts.length > 0 : texts.some((text) => text !== undefined && holds(text, wanted.for))
  return verdictOfPod(
    sim,
    target,
    `to be waiting${wanted.for === undefined ? '' : ` for ${wantedText(wanted.for)}`}`,
    pass,
  )
}

function verdictOfPod(sim: Sim, target: Target, wanted: string, pass: boolean): Verdict {
  const ref = refOf(target)
  const pod = sim.get('Pod', ref.pod, ref.namespace)
  return {
    pass,
    what: [nameOf(ref), wanted],
    found: pod === undefined ? missing(sim, ref.pod, ref.namespace) : podText(pod),
    hints: pass ? [] : whyHints(sim, ref.pod, ref.namespace),
  }
}

/** Why a Pod is as it is. */
function whyHints(sim: Sim, pod: string, namespace = 'default'): readonly string[] {
  if (sim.get('Pod', pod, namespace) === undefined) return []
  const { summary, details } = sim.why(`pod/${namespace}/${pod}`)
  return [`why: ${summary}`, ...details.map((line) => `  ${line}`)]
}

/** `there is no such pod; did you mean app-1? There are app-1, db`. */
export function missing(sim: Sim, name: string, namespace = 'default'): string {
  const names = sim.list('Pod', { namespace }).map(({ metadata }) => metadata.name)
  const meant = closest(name, names) ?? names.find((each) => each.startsWith(`${name}-`))
  const others =
    names.length === 0
      ? `, nor any other in ${namespace}`
      : `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 8).join(', ')}`
  return `there is no pod ${name}${others}${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

/** `Pending, not ready; app waits (ContainerCreating)`. */
function podText(pod: Pod): string {
  const states = statesOf(pod).map(({ name, state, reason, message }) => {
    const why = [reason, message].filter((each) => each !== undefined && each !== '').join(': ')
    return `${name} ${words[state]}${why === '' ? '' : ` (${why})`}`
  })
  const head = `${pod.status?.phase ?? 'Pending'}, ${shown(pod).ready ? 'ready' : 'not ready'}`
  return states.length === 0 ? head : `${head}; ${states.join(', ')}`
}

const words = { waiting: 'waits', running: 'runs', terminated: 'has ended' } as const

interface ContainerFound {
  readonly name: string
  readonly state: keyof typeof words
  readonly reason: string | undefined
  readonly message: string | undefined
}

function statesOf(pod: Pod | undefined): readonly ContainerFound[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {}
  return [...initContainerStatuses, ...containerStatuses].map(({ name, state = {} }): ContainerFound => {
    if (state.running !== undefined) return { name, state: 'running', reason: undefined, message: undefined }
    const { terminated, waiting } = state
    if (terminated === undefined) return { name, state: 'waiting', reason: waiting?.reason, message: waiting?.message }
    const code = `exit code ${terminated.exitCode}`
    return {
      name,
      state: 'terminated',
      reason: terminated.reason === undefined ? code : `${terminated.reason}, ${code}`,
      message: terminated.message,
    }
  })
}

interface Shown {
  readonly phase: string | undefined
  readonly ready: boolean
  readonly reasons: readonly string[]
}

function shown({ status }: Pod): Shown {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return {
    phase: status?.phase,
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    reasons: statuses
      .flatMap(({ state }) => [state?.waiting?.reason, state?.terminated?.reason])
      .filter((reason) => reason !== undefined),
  }
}

/** Of what was found, what was asked about. */
function narrowed({ phase, ready, reasons }: Shown, wanted: PodExpectation): PodExpectation {
  return {
    ...(wanted.phase === undefined ? {} : { phase: phase ?? '' }),
    ...(wanted.ready === undefined ? {} : { ready }),
    ...(wanted.reason === undefined ? {} : { reason: reasons.join() }),
  }
}

const workloadKinds: Readonly<Record<string, string>> = {
  deploy: 'Deployment',
  deployment: 'Deployment',
  sts: 'StatefulSet',
  statefulset: 'StatefulSet',
  rs: 'ReplicaSet',
  replicaset: 'ReplicaSet',
}

interface Workload extends KubeObject {
  readonly spec?: Deployment['spec']
  readonly status?: { readonly readyReplicas?: number; readonly updatedReplicas?: number }
}

function workloadOf(
  sim: Sim,
  target: string,
): { readonly kind: string; readonly object: Workload | undefined } | undefined {
  const [prefix = '', first = '', second] = target.split('/')
  const kind = workloadKinds[prefix.toLowerCase()]
  if (kind === undefined || first === '') return undefined
  return { kind, object: sim.get<Workload>(kind, second ?? first, second === undefined ? 'default' : first) }
}

/** The Pods of a workload that are not ready, and why. */
function unreadyHints(sim: Sim, { metadata, spec }: Workload): readonly string[] {
  const wanted = Object.entries(spec?.selector?.matchLabels ?? {})
  return sim
    .list('Pod', { namespace: metadata.namespace ?? 'default' })
    .filter((pod) => wanted.every(([key, value]) => pod.metadata.labels?.[key] === value) && !shown(pod).ready)
    .slice(0, 3)
    .flatMap(({ metadata: { name, namespace } }) => whyHints(sim, name, namespace))
}
