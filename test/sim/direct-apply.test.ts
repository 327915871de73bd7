import { describe, expect, test } from 'vitest'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'

/**
 * `sim.apply(object)` does without texts what `kubectl apply -f -` does with the object's text: same journal, objects
 * included, and the same words when it is refused.
 */

const meta = (name: string, more: object = {}) => ({ name, ...more })
const pod = (name: string, spec: object = {}, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, more),
  spec: { containers: [{ name: 'c', image: 'busybox' }], ...spec },
})
const secret = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: meta(name),
  ...more,
})

class Fancy {
  readonly a = 'b'
}

/** Each is applied in a namespace of its own; lists one after the other. */
const cases: Readonly<Record<string, readonly object[]>> = {
  'a Secret': [secret('s', { stringData: { b: 'ü€', a: '<&>', Z: '1' }, data: { x: 'MQ==' }, type: 'Opaque' })],
  'a Secret with line breaks in base64': [secret('s', { data: { x: 'MQ\n==' } })],
  'a Secret with broken base64': [secret('s', { data: { x: '?' } })],
  'an immutable Secret': [secret('s', { immutable: true, data: {} })],
  'labels and annotations of its own, out of order': [
    secret('s', { metadata: meta('s', { labels: { b: '1', a: '2', 𝒳: '' }, annotations: { z: '1', a: '' } }) }),
  ],
  'a Pod that mounts a Secret': [
    secret('s', { stringData: { a: 'b' } }),
    pod('p', {
      volumes: [{ name: 'v', secret: { secretName: 's', defaultMode: 256, items: [{ key: 'a', path: 'x' }] } }],
      containers: [
        {
          name: 'c',
          image: 'busybox',
          resources: { requests: { cpu: 0, memory: '64Mi' }, limits: { memory: 134217728 } },
          ports: [{ containerPort: 80 }],
          readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 3 },
          env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 's', key: 'a', optional: false } } }],
          volumeMounts: [{ name: 'v', mountPath: '/s' }],
        },
      ],
    }),
  ],
  'an object that is there': [secret('s', { stringData: { a: '1' } }), secret('s', { stringData: { a: '2' } })],
  'a namespace and what lies in it': [
    { apiVersion: 'v1', kind: 'Namespace', metadata: meta('vault') },
    secret('s', { metadata: meta('s', { namespace: 'vault' }), stringData: { a: '1' } }),
  ],
  'a namespace that is missing': [secret('s', { metadata: meta('s', { namespace: 'nowhere' }) })],
  'a Deployment': [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta('web'),
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: pod('x').spec },
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
      },
    },
  ],
  'a Deployment in an older version': [
    { apiVersion: 'extensions/v1beta1', kind: 'Deployment', metadata: meta('web'), spec: { template: pod('x') } },
  ],
  'a role': [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: meta('reader'),
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    },
  ],
  'a definition, and an object of it': [
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: meta('things.example.com'),
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
    { apiVersion: 'example.com/v1', kind: 'Thing', metadata: meta('t') },
  ],
  'a List': [{ apiVersion: 'v1', kind: 'List', items: [secret('a'), secret('b')] }],
  'an unknown field': [secret('s', { stringdata: { a: 'b' } })],
  'an unknown field deeper inside': [pod('p', { containers: [{ name: 'c', image: 'x', comand: ['a'] }] })],
  'a field of another type': [pod('p', { containers: [{ name: 'c', image: 'x', command: 'sleep' }] })],
  'a number for a text': [secret('s', { stringData: { a: 1 } })],
  'a fraction': [pod('p', { terminationGracePeriodSeconds: 1.5 })],
  'a required field that is missing': [pod('p', { containers: [{ image: 'x' }] })],
  'an invalid object': [pod('p', { restartPolicy: 'Sometimes' })],
  'a name that no object may have': [secret('Big')],
  'a name that a path would hide': [secret('a/b')],
  'no name': [{ apiVersion: 'v1', kind: 'Secret', metadata: {} }],
  'a generated name': [{ apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 's-' } }],
  'no metadata': [{ apiVersion: 'v1', kind: 'Secret' }],
  'no kind': [{ apiVersion: 'v1', metadata: meta('s') }],
  'a kind that nobody serves': [{ apiVersion: 'v9', kind: 'Secret', metadata: meta('s') }],
  'a kind that is only a question': [
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: meta('t'), spec: { token: 'x' } },
  ],
  'a namespace where none belongs': [
    { apiVersion: 'v1', kind: 'Namespace', metadata: meta('cellar', { namespace: 'default' }) },
  ],
  'members that are undefined or null': [
    secret('s', { stringData: { a: 'b', c: undefined }, type: undefined, data: null }),
    pod('p', { nodeSelector: null, containers: [{ name: 'c', image: 'x', command: [null] }] }),
  ],
  'a value with a class': [secret('s', { stringData: new Fancy() }), secret('t', { data: { a: new Date(0) } })],
  'a big Secret': [secret('s', { stringData: { a: 'x'.repeat(1_100_000) } })],
  'more than a quota allows': [
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('q'), spec: { hard: { secrets: '0' } } },
    secret('s'),
  ],
}

/** One cluster takes objects, the other their texts; both go the same way, so that their journals stay equal. */
interface Pair {
  readonly direct: Sim
  readonly texts: Sim
}

function pairOf(options: SimOptions = {}): Pair {
  // What kubectl does is compared, not how long it takes to begin.
  const make = () => createSim({ seed: 'apply', commandTime: 0, ...options })
  return { direct: make(), texts: make() }
}

const both = ({ direct, texts }: Pair, act: (sim: Sim) => unknown): void => {
  act(direct)
  act(texts)
}

/** Each of `objects` in both ways: they are refused in the same words, and do the same. */
function expectTheSame({ direct, texts }: Pair, objects: readonly object[]): void {
  expect(directly(direct, objects)).toBe(byText(texts, objects))
  both({ direct, texts }, (sim) => sim.runFor('5s'))
  expect(direct.journal.digest()).toBe(texts.journal.digest())
}

function directly(sim: Sim, objects: readonly object[]): string | undefined {
  try {
    for (const object of objects) sim.apply(object)
    return undefined
  } catch (error) {
    return (error as Error).message // SimUsageError is what is thrown
  }
}

function byText(sim: Sim, objects: readonly object[]): string | undefined {
  for (const object of objects) {
    const { exitCode, stderr } = sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) })
    if (exitCode !== 0) return `the manifest was refused: ${stderr.trim()}`
  }
  return undefined
}

/** Makes a namespace and directs kubectl to it. */
const moveTo = (namespace: string) => (sim: Sim) => {
  sim.kubectl(`create namespace ${namespace}`)
  sim.kubectl(`config set-context --current --namespace=${namespace}`)
  // Its account, without which no Pod is let in.
  sim.runFor('1s')
}

describe.each(['v1.18', 'v1.36'] as const)('an object applied directly, %s', (version) => {
  const pair = pairOf({ version })

  // A namespace for each, which is also where objects without one go.
  test.each(Object.entries(cases).map(([name, objects], at) => [name, `case-${at}`, objects] as const))(
    'as by its text: %s',
    (_name, namespace, objects) => {
      both(pair, moveTo(namespace))
      expectTheSame(pair, objects)
    },
  )
})

test('an API server out of reach refuses it as it refuses the text', () => {
  const pair = pairOf()
  both(pair, (sim) => sim.fault({ apiServer: 'unreachable', for: '1m' }))
  expectTheSame(pair, [secret('s')])
})
