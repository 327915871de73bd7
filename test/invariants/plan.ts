import fc from 'fast-check'
import type { Fault, SimOptions } from '../../src/index.ts'

/** Random clusters and what people and accidents do to them: steps that `podsim run` can repeat from a file. */

export interface Plan {
  readonly version: NonNullable<SimOptions['version']>
  readonly strategy: 'Watch' | 'Cache' | 'Get'
  readonly nodes: number
  readonly syncFrequency: string
  readonly steps: readonly PlanStep[]
}

export interface PlanStep {
  /** Since the step before. */
  readonly waitS: number
  readonly action: PlanAction
}

export type PlanAction =
  | { readonly kind: 'apply'; readonly manifest: object }
  | { readonly kind: 'kubectl'; readonly line: string }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly forS: number | undefined }

const namespaces = ['default', 'other'] as const
const secretNames = ['s0', 's1'] as const
const podNames = ['p0', 'p1', 'p2'] as const
/** `1x` is no name of a variable before 1.30. */
const keys = ['a', 'b', 'c.d', '1x'] as const
const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values)

/** Few, so that a Secret also goes back to what it was. */
const value = fc.nat({ max: 7 }).map((n) => `Value+of-a-Secret+${n}`)
/** Mostly all keys, so that most Pods run. */
const data = fc
  .record({
    a: value,
    b: value,
    'c.d': value,
    '1x': value,
    without: pick<readonly string[]>([], [], ['1x'], ['a', 'c.d'], keys),
  })
  .map(({ without, ...all }) => Object.fromEntries(Object.entries(all).filter(([key]) => !without.includes(key))))

const secret = fc
  .record({
    namespace: pick(...namespaces),
    name: pick(...secretNames),
    stringData: data,
    immutable: pick(undefined, undefined, undefined, true),
  })
  .map(({ namespace, name, stringData, immutable }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
    ...(immutable === undefined ? {} : { immutable }),
  }))

const pullSecret = pick(...namespaces).chain((namespace) =>
  pick('right', 'Wrong+Password').map((password) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { name: 'pull', namespace },
    stringData: {
      '.dockerconfigjson': JSON.stringify({
        auths: { 'private.example.com': { username: 'someone', password } },
      }),
    },
  })),
)

const optional = pick<{ readonly optional?: boolean }>({}, {}, { optional: true })
const items = fc.option(
  fc.uniqueArray(fc.record({ key: pick(...keys), path: pick('a', 'dir/b', 'dir/c'), mode: pick(undefined, 0o400) }), {
    selector: ({ path }) => path,
    minLength: 1,
    maxLength: 2,
  }),
  { nil: undefined },
)
const secretSource = fc.record({ name: pick(...secretNames), items, optional }).map((source) => ({
  name: source.name,
  ...(source.items === undefined
    ? {}
    : { items: source.items.map(({ mode, ...item }) => (mode === undefined ? item : { ...item, mode })) }),
  ...source.optional,
}))

const volume = fc.oneof(
  { weight: 3, arbitrary: fc.record({ source: secretSource, defaultMode: pick(undefined, 0o600) }).map(secretVolume) },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(secretSource, { selector: ({ name }) => name, minLength: 1, maxLength: 2 })
      .map((sources) => ({
        name: 'v',
        projected: { sources: sources.map((source) => ({ secret: source })) },
      })),
  },
)

function secretVolume({
  source: { name, ...rest },
  defaultMode,
}: {
  readonly source: { readonly name: string }
  readonly defaultMode: number | undefined
}) {
  return {
    name: 'v',
    secret: { secretName: name, ...rest, ...(defaultMode === undefined ? {} : { defaultMode }) },
  }
}

const env = fc
  .record({ name: pick('FIRST', 'SECOND'), secret: pick(...secretNames), key: pick(...keys), optional })
  .map(({ name, secret: from, key, optional: may }) => ({
    name,
    valueFrom: { secretKeyRef: { name: from, key, ...may } },
  }))
const envFrom = fc
  .record({ secret: pick(...secretNames), prefix: pick('', 'P_'), optional })
  .map(({ secret: from, prefix, optional: may }) => ({ prefix, secretRef: { name: from, ...may } }))

const container = fc.record({
  env: fc.array(env, { maxLength: 2 }),
  envFrom: fc.array(envFrom, { maxLength: 1 }),
  mount: pick<undefined | object>(
    undefined,
    { name: 'v', mountPath: '/secret' },
    { name: 'v', mountPath: '/secret' },
    { name: 'v', mountPath: '/file', subPath: 'a' },
  ),
  program: pick('stay', 'stay', 'stay', 'crash'),
})
type ContainerPlan = typeof container extends fc.Arbitrary<infer T> ? T : never

function containerOf(name: string, plan: ContainerPlan, image: string, isInit: boolean) {
  const script = isInit ? 'sleep 2' : plan.program === 'crash' ? 'sleep 40; exit 1' : undefined
  return {
    name,
    image,
    ...(script === undefined ? {} : { command: ['sh', '-c', script] }),
    ...(plan.env.length === 0 ? {} : { env: plan.env }),
    ...(plan.envFrom.length === 0 ? {} : { envFrom: plan.envFrom }),
    ...(plan.mount === undefined ? {} : { volumeMounts: [plan.mount] }),
  }
}

const pod = fc
  .record({
    namespace: pick(...namespaces),
    name: pick(...podNames),
    volume,
    init: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: container }),
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    isPrivate: pick(false, false, false, true),
    fsGroup: pick(undefined, undefined, 2000),
    restartPolicy: pick('Always', 'Always', 'Always', 'OnFailure', 'Never'),
  })
  .map(({ namespace, name, init, containers, isPrivate, fsGroup, restartPolicy, volume: only }) => {
    const image = isPrivate ? 'private.example.com/app:1' : 'app:1'
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        restartPolicy,
        terminationGracePeriodSeconds: 5,
        ...(fsGroup === undefined ? {} : { securityContext: { fsGroup } }),
        ...(isPrivate ? { imagePullSecrets: [{ name: 'pull' }] } : {}),
        ...(init === undefined ? {} : { initContainers: [containerOf('init', init, image, true)] }),
        containers: containers.map((plan, index) => containerOf(`c${index}`, plan, image, false)),
        volumes: [only],
      },
    }
  })

const deletion = fc
  .record({
    what: pick('secret', 'secret', 'pod', 'pod'),
    namespace: pick(...namespaces),
    secret: pick(...secretNames),
    pod: pick(...podNames),
    isForced: pick(false, false, false, true),
  })
  .map(({ what, namespace, secret: secretName, pod: podName, isForced }) => {
    const force = isForced && what === 'pod' ? ' --force --grace-period=0' : ''
    return `delete ${what} ${what === 'pod' ? podName : secretName} -n ${namespace} --ignore-not-found --wait=false${force}`
  })

function faults(nodes: number): fc.Arbitrary<PlanAction> {
  const node = fc.integer({ min: 1, max: nodes }).map((n) => `node-${n}`)
  const forS = fc.integer({ min: 1, max: 300 })
  const lasting = fc.oneof(
    fc.constant<Fault>({ apiServer: 'unreachable' }),
    node.map((name): Fault => ({ apiServer: 'unreachable', node: name })),
    fc.integer({ min: 100, max: 5000 }).map((latency): Fault => ({ apiServer: 'slow', latency })),
    node.map((partition): Fault => ({ partition })),
    fc.constant<Fault>({ watches: 'stall' }),
    node.map((name): Fault => ({ kubelet: 'stop', node: name })),
    fc.constant<Fault>({ registry: 'unreachable' }),
    node.map((reboot): Fault => ({ reboot })),
  )
  const momentary = fc.oneof(
    fc.constant<Fault>({ watches: 'drop' }),
    node.map((name): Fault => ({ kubelet: 'restart', node: name })),
    fc.integer({ min: 1, max: 5 }).map((loseAnswers): Fault => ({ loseAnswers })),
  )
  return fc.oneof(
    fc.record({ kind: fc.constant('fault' as const), fault: lasting, forS }),
    fc.record({ kind: fc.constant('fault' as const), fault: momentary, forS: fc.constant(undefined) }),
  )
}

function actions(nodes: number): fc.Arbitrary<PlanAction> {
  const apply = (manifest: object): PlanAction => ({ kind: 'apply', manifest })
  return fc.oneof(
    { weight: 5, arbitrary: secret.map(apply) },
    { weight: 1, arbitrary: pullSecret.map(apply) },
    { weight: 5, arbitrary: pod.map(apply) },
    { weight: 3, arbitrary: deletion.map((line): PlanAction => ({ kind: 'kubectl', line })) },
    { weight: 3, arbitrary: faults(nodes) },
  )
}

const otherNamespace: PlanStep = { waitS: 0, action: { kind: 'kubectl', line: 'create namespace other' } }

/** Some are there before everything else. */
const firstSecrets: PlanStep[] = namespaces.map((namespace) => ({
  waitS: 0,
  action: {
    kind: 'apply',
    manifest: {
      apiVersion: 'v1',
      kind: 'List',
      items: secretNames.map((name) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: Object.fromEntries(keys.map((key) => [key, `First+Value+of+${namespace}+${key}`])),
      })),
    },
  },
}))

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    version: pick<Plan['version']>('v1.18', 'v1.26', 'v1.36'),
    strategy: pick<Plan['strategy']>('Watch', 'Cache', 'Get'),
    nodes: pick(1, 1, 1, 2, 2, 3),
    syncFrequency: pick('1m', '3m', '5m'),
  })
  .chain((cluster) =>
    fc
      .record({
        first: fc.subarray(firstSecrets),
        steps: fc.array(fc.record({ waitS: pick(0, 0, 1, 2, 5, 20, 70, 150), action: actions(cluster.nodes) }), {
          minLength: 3,
          maxLength: 9,
        }),
      })
      .map(({ first, steps }) => ({ ...cluster, steps: [otherNamespace, ...first, ...steps] })),
  )
