import * as z from 'zod'
import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import { comparison, objectName, someText } from '../../sim/input/formats.ts'
import type { Sim } from '../../sim/sim.ts'
import { quantified, quantifiers } from '../select/quantify.ts'
import { podsOf } from '../select/select-pods.ts'
import { selectionSchema, selectionText } from '../select/selection.ts'
import { fitsComparison, show } from './compare.ts'
import { type ObjectClaims, objectClaims, objectParts, objectWords } from './object-claims.ts'
import { all, inNamespace, presence, saidOf, subject, type Verdict } from './subject.ts'

/** Expectations about Pods: one by its name, or several by labels or by what owns them. */

const podClaims = {
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).optional().meta({ description: 'Its phase' }),
  ready: z.boolean().optional().meta({ description: 'Whether it is ready' }),
  reason: someText
    .optional()
    .meta({ description: 'Reason of a waiting or terminated container, of the status, or why it is not scheduled' }),
  restarts: comparison.optional().meta({ description: 'How often its containers were restarted together' }),
  exitCode: comparison.optional().meta({ description: 'Exit code of a container that has ended, or ended last' }),
  node: objectName.optional().meta({ description: 'The node it is on' }),
  ...objectClaims,
}

const podKeys = Object.keys(podClaims)

interface PodClaims extends ObjectClaims {
  readonly phase?: string | undefined
  readonly ready?: boolean | undefined
  readonly reason?: string | undefined
  readonly restarts?: number | string | undefined
  readonly exitCode?: number | string | undefined
  readonly node?: string | undefined
}

export const pod = subject({
  subject: 'pod',
  description: 'A Pod, by name',
  name: objectName,
  where: inNamespace,
  claims: podClaims,
  canBeAbsent: true,
  readsObjectsAlone: true,
  look(sim, source) {
    const { pod: name, namespace } = source
    const found = sim.get<Pod>('Pod', name, namespace)
    if (source.exists === false)
      return {
        expected: `pod ${name} does not exist`,
        ...presence(false, found !== undefined, `pod ${name} exists`, 'there is no such pod'),
      }
    const expected = expectedPod(source, `pod ${name}`)
    if (found === undefined) return { holds: false, expected, found: 'there is no such pod' }
    return { expected, ...judgePod(found, source) }
  },
})

export const pods = subject({
  subject: 'pods',
  description: 'Several Pods: { app: web } by labels, deploy/web by what owns them, a selector, or "*" for all',
  name: selectionSchema,
  where: inNamespace,
  claims: { ...podClaims, ...quantifiers(podClaims) },
  canBeAbsent: true,
  readsObjectsAlone: true,
  look(sim: Sim, source) {
    const { pods: selection, namespace } = source
    const found = podsOf(sim, selection, namespace)
    const text = selectionText(selection)
    const names = found.map(({ metadata }) => metadata.name).join(', ')
    if (source.exists === false)
      return { expected: `there are no Pods of ${text}`, ...presence(false, found.length > 0, names, 'there are none') }
    const items = found.map((item) => ({ item, name: item.metadata.name }))
    // A selection of nothing but keys that the claims have.
    const flat = saidOf(source, podKeys) as PodClaims | undefined
    return quantified<Pod, PodClaims>(
      { kind: 'several', items, text },
      flat,
      source,
      { expected: (claims, name) => expectedPod(claims, `the Pods: ${name}`), judge: judgePod },
      {},
    )
  },
})

function expectedPod(claims: PodClaims, what: string): string {
  const { phase, ready, reason, restarts, exitCode, node } = claims
  const wanted = [
    phase === undefined ? '' : `is ${phase}`,
    ready === undefined ? '' : ready ? 'is ready' : 'is not ready',
    reason === undefined ? '' : `has reason ${reason}`,
    restarts === undefined ? '' : `has restarted ${restarts} times`,
    exitCode === undefined ? '' : `has exit code ${exitCode}`,
    node === undefined ? '' : `runs on ${node}`,
    ...objectWords(claims),
  ].filter((part) => part !== '')
  return `${what} ${wanted.length === 0 ? 'exists' : wanted.join(' and ')}`
}

function judgePod(found: Pod, claims: PodClaims): Verdict {
  const { phase, ready, reason, restarts, exitCode, node } = claims
  const state = stateOf(found)
  return all(
    [
      [phase === undefined || found.status?.phase === phase, state.text],
      [ready === undefined || state.isReady === ready, state.text],
      [reason === undefined || state.reasons.includes(reason), state.text],
      [restarts === undefined || fitsComparison(state.restarts, restarts), state.text],
      [
        exitCode === undefined || state.exitCodes.some((code) => fitsComparison(code, exitCode)),
        state.exitCodes.length === 0 ? 'no container has ended' : `exit codes ${state.exitCodes.map(show).join(', ')}`,
      ],
      [node === undefined || found.spec.nodeName === node, `on ${found.spec.nodeName ?? 'no node'}`],
      ...objectParts(found, claims),
    ],
    state.text,
  )
}

interface PodState {
  readonly isReady: boolean
  readonly reasons: readonly string[]
  readonly restarts: number
  readonly exitCodes: readonly number[]
  /** `Running, not ready, CrashLoopBackOff, 3 restarts`. */
  readonly text: string
}

function stateOf(pod: Pod): PodState {
  const { initContainerStatuses: first = [], containerStatuses: second = [] } = pod.status ?? {}
  const statuses = first.length === 0 ? second : [...first, ...second]
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const reasons = reasonsOf(pod, statuses)
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  const exitCodes = statuses.flatMap(({ state, lastState }) => {
    const ended = state?.terminated ?? lastState?.terminated
    return ended === undefined ? [] : [ended.exitCode]
  })
  const text = `${pod.status?.phase ?? 'no phase'}, ${isReady ? 'ready' : 'not ready'}${reasons.length === 0 ? '' : `, ${reasons.join(', ')}`}, ${restarts} restarts`
  return { isReady, reasons, restarts, exitCodes, text }
}

function reasonsOf(pod: Pod, statuses: readonly ContainerStatus[]): readonly string[] {
  const found: string[] = []
  const add = (reason: string | undefined): void => {
    if (reason !== undefined && reason !== '' && !found.includes(reason)) found.push(reason)
  }
  add(pod.status?.reason)
  for (const { state } of statuses) {
    add(state?.waiting?.reason)
    add(state?.terminated?.reason)
  }
  for (const { type, reason } of pod.status?.conditions ?? []) if (type === 'PodScheduled') add(reason)
  return found
}
