import * as fc from 'fast-check'
import type { Fault, Sim } from '../index.ts'

/**
 * `podsim/fast-check`: arbitraries for property tests. What they make is plain data that fast-check shrinks: a failing plan
 * becomes the shortest one that still fails.
 *
 *     fc.assert(fc.property(plans(), (plan) => {
 *       const sim = createSim({ nodes: 2 })
 *       runPlan(sim, plan)
 *       ...
 *     }))
 */

/** A Secret as a manifest. */
export interface SecretManifest {
  readonly apiVersion: 'v1'
  readonly kind: 'Secret'
  readonly metadata: { readonly name: string }
  readonly stringData: Readonly<Record<string, string>>
  readonly immutable?: boolean
}

/** A Pod as a manifest. */
export interface PodManifest {
  readonly apiVersion: 'v1'
  readonly kind: 'Pod'
  readonly metadata: { readonly name: string }
  readonly spec: object
}

/** Names that arbitraries draw from: few, so that what is drawn meets. */
export interface Names {
  /** `db` and `api` unless given. */
  readonly secrets?: readonly string[]
  /** `user` and `password` unless given. */
  readonly keys?: readonly string[]
  /** `app` and `worker` unless given. */
  readonly pods?: readonly string[]
  /** `node-1` unless given. */
  readonly nodes?: readonly string[]
}

const usual = { secrets: ['db', 'api'], keys: ['user', 'password'], pods: ['app', 'worker'], nodes: ['node-1'] }

/** Secrets with some of the keys; one in a few is immutable. */
export function secrets(names: Names = {}): fc.Arbitrary<SecretManifest> {
  const { secrets: known, keys } = { ...usual, ...names }
  return fc
    .record({
      name: fc.constantFrom(...known),
      values: fc.dictionary(fc.constantFrom(...keys), values, { minKeys: 1, maxKeys: keys.length }),
      immutable: fc.integer({ min: 0, max: 7 }).map((drawn) => drawn === 7),
    })
    .map(
      ({ name, values: stringData, immutable }): SecretManifest => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        // A plain object: dictionaries may come without a prototype.
        stringData: { ...stringData },
        ...(immutable ? { immutable } : {}),
      }),
    )
}

const values = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })

/** How a container uses a Secret. */
type Use =
  | {
      readonly way: 'volume' | 'subPath' | 'env'
      readonly secret: string
      readonly key: string
      readonly optional: boolean
    }
  | { readonly way: 'envFrom'; readonly secret: string; readonly optional: boolean }

/** Pods of one container that uses Secrets as files, variables and by subPath, some of them optional. */
export function pods(names: Names = {}): fc.Arbitrary<PodManifest> {
  const { secrets: known, keys, pods: podNames } = { ...usual, ...names }
  const secret = fc.constantFrom(...known)
  const key = fc.constantFrom(...keys)
  const optional = fc.boolean()
  const use: fc.Arbitrary<Use> = fc.oneof(
    fc.record({ way: fc.constantFrom('volume', 'env', 'subPath'), secret, key, optional }),
    fc.record({ way: fc.constant('envFrom' as const), secret, optional }),
  )
  return fc
    .record({ name: fc.constantFrom(...podNames), uses: fc.array(use, { minLength: 1, maxLength: 3 }) })
    .map(({ name, uses }) => podOf(name, uses))
}

function podOf(name: string, uses: readonly Use[]): PodManifest {
  const env: object[] = []
  const envFrom: object[] = []
  const volumeMounts: object[] = []
  const volumes: object[] = []
  uses.forEach((use, i) => {
    const { secret, optional } = use
    switch (use.way) {
      case 'env':
        env.push({ name: `VALUE_${i}`, valueFrom: { secretKeyRef: { name: secret, key: use.key, optional } } })
        break
      case 'envFrom':
        envFrom.push({ secretRef: { name: secret, optional } })
        break
      case 'volume':
        volumes.push({ name: `v${i}`, secret: { secretName: secret, optional } })
        volumeMounts.push({ name: `v${i}`, mountPath: `/etc/secrets/${i}` })
        break
      case 'subPath':
        volumes.push({ name: `v${i}`, secret: { secretName: secret, optional } })
        volumeMounts.push({ name: `v${i}`, mountPath: `/etc/secrets/${i}`, subPath: use.key })
    }
  })
  const container = { name: 'main', image: 'nginx', env, envFrom, volumeMounts }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container], volumes } }
}

/** Accidents that end by themselves. */
export function faults(names: Names = {}): fc.Arbitrary<Fault> {
  const node = fc.constantFrom(...(names.nodes ?? usual.nodes))
  const lasting = seconds(1, 120)
  return fc.oneof(
    { withCrossShrink: true },
    fc.record({ watches: fc.constant('drop' as const) }),
    fc.record({ kubelet: fc.constant('restart' as const), node }),
    fc.record({ watches: fc.constant('stall' as const), for: lasting }),
    fc.record({ apiServer: fc.constant('unreachable' as const), for: lasting }),
    fc.record({ apiServer: fc.constant('slow' as const), latency: seconds(1, 10), for: lasting }),
    fc.record({ partition: node, for: lasting }),
  )
}

/** Durations as texts, so that a counter-example reads well. */
function seconds(min: number, max: number): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((s) => `${s}s`)
}

/** One thing that people or accidents do, so many seconds after the one before. */
export type PlanStep =
  | { readonly after: string; readonly apply: SecretManifest | PodManifest }
  | { readonly after: string; readonly delete: string }
  | { readonly after: string; readonly fault: Fault }

/** What is done to a cluster, step by step. */
export type Plan = readonly PlanStep[]

/** Plans: Secrets come, change and go, Pods come and go, accidents happen. */
export function plans(names: Names & { readonly maxLength?: number } = {}): fc.Arbitrary<Plan> {
  const { secrets: known, pods: podNames, maxLength = 12 } = { ...usual, ...names }
  const after = seconds(0, 120)
  const target = fc.constantFrom(...known.map((name) => `secret/${name}`), ...podNames.map((name) => `pod/${name}`))
  return fc.array(
    fc.oneof(
      { withCrossShrink: true },
      { weight: 4, arbitrary: fc.record({ after, apply: secrets(names) }) },
      { weight: 3, arbitrary: fc.record({ after, apply: pods(names) }) },
      { weight: 1, arbitrary: fc.record({ after, delete: target }) },
      { weight: 1, arbitrary: fc.record({ after, fault: faults(names) }) },
    ),
    { maxLength },
  )
}

/**
 * Does what a plan says. What the cluster refuses (an immutable Secret, a Pod that cannot be changed, a server that is not
 * reached) is refused and nothing more: that belongs to the run.
 */
export function runPlan(sim: Sim, plan: Plan): void {
  for (const step of plan) {
    sim.runFor(step.after)
    if ('apply' in step) sim.kubectl('apply -f -', { stdin: JSON.stringify(step.apply) })
    else if ('delete' in step) sim.kubectl(['delete', step.delete, '--ignore-not-found', '--wait=false'])
    else sim.fault(step.fault)
  }
}
