import { expect, test } from 'vitest'
import { answerRows } from './files/answers.ts'
import type { TimelineFile, TimelineRow } from './timeline-format.ts'
import { playTimeline } from './timelines.ts'

/** What the judge makes of recordings that are not among its own. */

const node = 'far-n'
const common = {
  ...{
    category: 'kubelet-restart',
    title: '',
    strategy: 'Watch',
    nodeTTLAnnotation: null,
    featureGates: {},
    compare: '',
  },
  nodes: [node],
}
const pod = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': node },
    automountServiceAccountToken: false,
    containers: [{ name: 'app', image: 'local/app:1' }],
    ...more,
  },
})
const file = (duration: number, timeline: readonly TimelineRow[]): TimelineFile =>
  ({ ...common, name: 'far', kubernetes: 'v1.26', duration, timeline }) as TimelineFile // all that is read of one

test('L6 a node that is away alone is not the whole of its zone: it is given up, and its Pods are evicted', () => {
  const unreachable = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }
  const brief = pod('brief', { tolerations: [{ ...unreachable, tolerationSeconds: 10 }] })
  const { rows } = playTimeline(
    file(100, [
      { t: 0, actor: 'user', what: 'create pod', detail: { name: 'brief', object: brief, status: 201 } },
      { t: 5, actor: 'operator', what: 'kubelet stop', detail: { node } },
      { t: 90, actor: 'operator', what: 'kubelet start', detail: { node } },
    ]),
    'away',
  )
  const evicted = rows.find(({ what }) => what === 'TaintManagerEviction')
  // 40 s without a lease, a look every 5 s, then what the Pod tolerates.
  expect(evicted?.t).toBeGreaterThan(5 + 30 + 10)
  expect(evicted?.t).toBeLessThan(5 + 50 + 5 + 10 + 1)
})

test('what a user asks for in vain is an answer like others', () => {
  const wrong = pod('Wrong_Name')
  const step = { t: 1, actor: 'user', what: 'create pod' } as const
  const recorded = (status: number) =>
    file(3, [
      { ...step, detail: { name: 'Wrong_Name', object: wrong, status } },
      { ...step, t: 2, detail: { name: 'right', object: pod('right'), status: 201 } },
    ])
  const { rows } = playTimeline(recorded(422), 'vain')
  expect(rows.filter(({ actor }) => actor === 'answer').map(({ detail }) => detail.code)).toEqual([422, 201])
  expect(answerRows(recorded(422), rows)[0]?.passed).toBe(true)
  expect(answerRows(recorded(201), rows)[0]?.diff).toBe('1 create pod Wrong_Name: expected 201, got 422')
})
