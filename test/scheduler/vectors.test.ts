import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { resources } from '../../src/apiserver/client/client.ts'
import type { Node, Pod } from '../../src/objects/core.ts'
import type { KubeObject } from '../../src/objects/meta.ts'
import { type TestCluster, testCluster } from './cluster.ts'

interface ExpectedEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly action?: string
  readonly reportingComponent?: string
  readonly source?: object
  readonly count?: null
}

interface SchedulerVector {
  readonly name: string
  readonly group: string
  readonly namespace: string
  readonly nodes: readonly Node[]
  readonly existingPods: readonly Pod[]
  readonly pods: readonly Pod[]
  readonly otherObjects?: readonly { readonly path: string; readonly body: KubeObject }[]
  readonly expected: readonly {
    readonly pod: string
    readonly nodeName: string | null
    readonly podScheduled: { readonly status: string; readonly reason?: string; readonly message?: string } | null
    readonly nominatedNodeName: string | null
    readonly events: readonly ExpectedEvent[]
  }[]
  readonly afterwards?: {
    readonly pods?: readonly {
      readonly name: string
      readonly nodeName: string | null
      readonly terminating: boolean
      readonly nominatedNodeName: string | null
    }[]
    readonly events?: readonly (ExpectedEvent & { readonly on: string })[]
  }
}

const vectors: readonly SchedulerVector[] = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/scheduler.json', import.meta.url), 'utf8'),
)

/** A Node as the node lifecycle controller leaves it soon after its creation. */
function settled(node: Node): Node {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'True') return node
  const key = ready.status === 'False' ? 'node.kubernetes.io/not-ready' : 'node.kubernetes.io/unreachable'
  return { ...node, spec: { ...node.spec, taints: [...(node.spec?.taints ?? []), { key, effect: 'NoSchedule' }] } }
}

function resourceOf(path: string) {
  const [, , group = '', version = '', resource = ''] = path.split('/')
  return { group, version, resource }
}

/** A cluster as the recording set it up, before the Pods that are judged. */
function prepare(vector: SchedulerVector): TestCluster {
  const cluster = testCluster()
  cluster.scheduler.start()
  const { namespace } = vector
  for (const { path, body } of vector.otherObjects ?? []) cluster.create(resourceOf(path), body)
  for (const node of vector.nodes) cluster.create(resources.nodes, settled(node))
  for (const pod of vector.existingPods) cluster.create(resources.pods, pod, namespace)
  cluster.advance(300)
  return cluster
}

function shownPod(pod: Pod | undefined) {
  const condition = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  const { status, reason, message } = condition ?? {}
  const shown = { status, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) }
  return {
    nodeName: pod?.spec.nodeName ?? null,
    podScheduled: condition === undefined ? null : shown,
    nominatedNodeName: pod?.status?.nominatedNodeName ?? null,
  }
}

function distinctEvents(cluster: TestCluster, namespace: string, name: string): readonly ExpectedEvent[] {
  const shown = cluster
    .events(namespace)
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type = '', reason = '', message = '', action, reportingComponent, source, count }) =>
      JSON.stringify({ type, reason, message, action, reportingComponent, source, count: count ?? null }),
    )
  return [...new Set(shown)].map((text) => JSON.parse(text))
}

const judged = vectors.filter(({ nodes }) => nodes !== undefined)

describe('scheduler.json: what a real v1.18.20 scheduler did', () => {
  test.each(judged.map((vector) => [vector.group, vector.name, vector] as const))('9 %s: %s', (_, _name, vector) => {
    const cluster = prepare(vector)
    const { namespace } = vector
    vector.pods.forEach((pod, at) => {
      cluster.create(resources.pods, pod, namespace)
      cluster.advance(400)
      const { pod: name, events, ...rest } = vector.expected[at] ?? { pod: '', events: [] }
      expect(shownPod(cluster.pod(name, namespace))).toEqual(rest)
      expect(distinctEvents(cluster, namespace, name)).toEqual(events)
    })
    const { afterwards } = vector
    if (afterwards?.pods === undefined) return
    for (const { name, terminating, ...rest } of afterwards.pods) {
      const found = cluster.pod(name, namespace)
      const { nodeName, nominatedNodeName } = shownPod(found)
      expect({ nodeName, nominatedNodeName }).toEqual(rest)
      expect(found?.metadata.deletionTimestamp !== undefined).toBe(terminating)
    }
    const all = cluster
      .events(namespace)
      .map(({ type, reason, message, involvedObject }) => ({ type, reason, message, on: involvedObject.name }))
    const order = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
    expect([...all].sort(order)).toEqual([...(afterwards.events ?? [])].sort(order))
  })
})
