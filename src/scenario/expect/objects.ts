import * as z from 'zod'
import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import { comparison, objectName, objectText, someText } from '../../sim/input/formats.ts'
import { words } from '../../sim/input/words.ts'
import { fitsComparison, partialMismatch, show, textMatches } from './compare.ts'
import { all, inNamespace, presence, subject } from './subject.ts'

/** Expectations about objects of the API: Pods, any object, events. */

export const pod = subject({
  subject: 'pod',
  description: 'A Pod, by name',
  name: objectName,
  where: inNamespace,
  claims: {
    phase: z
      .enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'])
      .optional()
      .meta({ description: 'Its phase' }),
    ready: z.boolean().optional().meta({ description: 'Whether it is ready' }),
    reason: someText
      .optional()
      .meta({ description: 'Reason of a waiting or terminated container, of the status, or why it is not scheduled' }),
    restarts: comparison.optional().meta({ description: 'How often its containers were restarted together' }),
    node: objectName.optional().meta({ description: 'The node it is on' }),
  },
  canBeAbsent: true,
  look(sim, source) {
    const { pod: name, namespace, phase, ready, reason, restarts, node } = source
    const found = sim.get<Pod>('Pod', name, namespace)
    if (source.exists === false)
      return presence(
        `pod ${name} does not exist`,
        false,
        found !== undefined,
        `pod ${name} exists`,
        'there is no such pod',
      )
    const wanted = [
      phase === undefined ? '' : `is ${phase}`,
      ready === undefined ? '' : ready ? 'is ready' : 'is not ready',
      reason === undefined ? '' : `has reason ${reason}`,
      restarts === undefined ? '' : `has restarted ${restarts} times`,
      node === undefined ? '' : `runs on ${node}`,
    ].filter((part) => part !== '')
    const expected = `pod ${name} ${wanted.length === 0 ? 'exists' : wanted.join(' and ')}`
    if (found === undefined) return { holds: false, expected, found: 'there is no such pod' }
    const state = stateOf(found)
    return all(
      expected,
      [
        [phase === undefined || found.status?.phase === phase, state.text],
        [ready === undefined || state.isReady === ready, state.text],
        [reason === undefined || state.reasons.includes(reason), state.text],
        [restarts === undefined || fitsComparison(state.restarts, restarts), state.text],
        [node === undefined || found.spec.nodeName === node, `on ${found.spec.nodeName ?? 'no node'}`],
      ],
      state.text,
    )
  },
})

interface PodState {
  readonly isReady: boolean
  readonly reasons: readonly string[]
  readonly restarts: number
  /** `Running, not ready, CrashLoopBackOff, 3 restarts`. */
  readonly text: string
}

function stateOf(pod: Pod): PodState {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const reasons = reasonsOf(pod, statuses)
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  const text = `${pod.status?.phase ?? 'no phase'}, ${isReady ? 'ready' : 'not ready'}${reasons.length === 0 ? '' : `, ${reasons.join(', ')}`}, ${restarts} restarts`
  return { isReady, reasons, restarts, text }
}

function reasonsOf(pod: Pod, statuses: readonly ContainerStatus[]): readonly string[] {
  const found = [
    pod.status?.reason,
    ...statuses.flatMap(({ state }) => [state?.waiting?.reason, state?.terminated?.reason]),
    ...(pod.status?.conditions ?? []).filter(({ type }) => type === 'PodScheduled').map(({ reason }) => reason),
  ]
  return [...new Set(found.flatMap((reason) => (reason === undefined || reason === '' ? [] : [reason])))]
}

export const object = subject({
  subject: 'object',
  description: 'Any object, as kind/name',
  name: objectText,
  where: inNamespace,
  claims: {
    matches: z
      .record(z.string(), z.unknown())
      .refine((given) => Object.keys(given).length > 0)
      .register(words, { expected: 'a map with parts of the object' })
      .optional()
      .meta({ description: 'Part of the object; lists of named things match by name' }),
  },
  canBeAbsent: true,
  look(sim, source) {
    const [kind = '', name = ''] = source.object.split('/')
    const { matches, namespace } = source
    const found = sim.get(kind, name, namespace)
    const wantsThere = source.exists !== false
    const said = wantsThere ? (matches === undefined ? 'exists' : 'is as given') : 'does not exist'
    const expected = `${kind}/${name} ${said}`
    if (found === undefined || !wantsThere)
      return presence(expected, wantsThere, found !== undefined, 'it exists', 'there is no such object')
    const mismatch = matches === undefined ? undefined : partialMismatch(matches, found)
    return { holds: mismatch === undefined, expected, found: mismatch ?? 'it is' }
  },
})

export const event = subject({
  subject: 'event',
  description: 'An event, by reason',
  name: someText,
  where: {
    ...inNamespace,
    on: objectText.optional().meta({ description: 'What the event is about, as kind/name' }),
    message: someText.optional().meta({ description: 'Text that the message contains, or all of it with # and ...' }),
  },
  claims: { count: comparison.optional().meta({ description: 'How often it was told; at least once unless given' }) },
  canBeAbsent: true,
  look(sim, source) {
    const { event: reason, on, message, namespace, count } = source
    const events = sim.events({
      reason,
      ...(on === undefined ? {} : { on }),
      ...(namespace === undefined ? {} : { namespace }),
    })
    const matching = events.filter(
      (each) =>
        message === undefined || (each.message ?? '').includes(message) || textMatches(message, each.message ?? ''),
    )
    const times = matching.reduce((sum, each) => sum + (each.count ?? 1), 0)
    const said = [
      on === undefined ? '' : ` on ${on}`,
      message === undefined ? '' : ` saying ${show(message)}`,
      count === undefined ? '' : ` counted ${count}`,
      source.exists === false ? ' does not exist' : '',
    ].join('')
    const others = events.map((each) => show(each.message)).join(', ')
    const found =
      matching.length > 0
        ? `${matching.length} such, counted ${times}`
        : events.length > 0
          ? `others: ${others}`
          : 'there is none'
    const holds =
      source.exists === false
        ? matching.length === 0
        : count === undefined
          ? matching.length > 0
          : fitsComparison(times, count)
    return { holds, expected: `event ${reason}${said}`, found }
  },
})
