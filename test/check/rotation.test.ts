import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyGiven } from '../../src/check/cluster.ts'
import { readGiven } from '../../src/check/given.ts'
import { type RotationReport, rotationOf } from '../../src/check/rotation.ts'
import { workloadsOf } from '../../src/check/workloads.ts'
import { rotationOverview, rotationText } from '../../src/report/check/rotation.ts'
import { createPaint } from '../../src/report/text.ts'
import { tries } from '../tries.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password: 'old', user: 'me' },
}

/** How a container of a drawn workload uses the Secret. */
const ways = {
  env: { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
  envFrom: { envFrom: [{ secretRef: { name: 'db' }, prefix: 'DB_' }] },
  volume: { volumeMounts: [{ name: 'all', mountPath: '/all' }] },
  projected: { volumeMounts: [{ name: 'projected', mountPath: '/projected' }] },
  subPath: { volumeMounts: [{ name: 'all', mountPath: '/one', subPath: 'password' }] },
  otherSubPath: { volumeMounts: [{ name: 'all', mountPath: '/other', subPath: 'user' }] },
  otherItem: { volumeMounts: [{ name: 'user', mountPath: '/item', subPath: 'user' }] },
  otherKey: { volumeMounts: [{ name: 'user', mountPath: '/user' }] },
} as const
type Use = keyof typeof ways
const uses = Object.keys(ways) as readonly Use[]

function deployment(name: string, containers: readonly Use[], replicas: number): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: containers.map((use, i) => ({ name: `c${i}`, image: 'nginx', ...ways[use] })),
          volumes: [
            { name: 'all', secret: { secretName: 'db' } },
            { name: 'projected', projected: { sources: [{ secret: { name: 'db' } }] } },
            { name: 'user', secret: { secretName: 'db', items: [{ key: 'user', path: 'user' }] } },
          ],
        },
      },
    },
  }
}

const fileOf = (objects: readonly object[]) => [
  { name: 'app.yaml', text: objects.map((object) => JSON.stringify(object)).join('\n---\n') },
]

/** What happens in containers; volumes that none mounts are left out. */
const mounted = ({ rows }: RotationReport) =>
  rows.filter(({ container }) => container !== '').map(({ effect }) => effect.kind)

describe('podsim rotate', () => {
  test('U3, U4, E1: files follow within the bound, variables and subPaths never do, other keys are not touched', () => {
    const files = fileOf([secret, deployment('web', uses, 2)])
    const report = rotationOf(files, { secret: { name: 'db', key: 'password' }, seeds: 3 })
    const effects = Object.fromEntries(
      report.rows.map(({ container, effect }) => [uses[Number(container.slice(1))], effect]),
    )
    expect(effects.env).toMatchObject({ kind: 'never', until: 'its container is made anew' })
    expect(effects.envFrom).toMatchObject({ kind: 'never' })
    expect(effects.subPath).toMatchObject({ kind: 'never', until: 'a new Pod' })
    expect(effects.otherKey).toMatchObject({ kind: 'unaffected', reason: 'takes only user' })
    expect(effects.otherSubPath).toMatchObject({ kind: 'unaffected', reason: 'takes only user' })
    expect(effects.otherItem).toMatchObject({ kind: 'unaffected', reason: 'takes only user' })
    for (const use of ['volume', 'projected']) {
      const effect = effects[use]
      expect(effect).toMatchObject({ kind: 'follows', measured: 6 })
      if (effect?.kind === 'follows') expect(effect.worstMs).toBeLessThanOrEqual(effect.boundMs)
    }
    expect(report.bothInUseMs).toBeUndefined()
    expect(report.cures).toEqual(['kubectl rollout restart deployment/web -n default'])
    expect(report.choices.immutable).toMatch(/new Pods of 1 workload; 2 uses that follow now would not$/)
    expect(report.choices.newName).toMatch(/^a changed name changes the Pod templates: 1 workload rolls out/)
    const [head = '', row = ''] = rotationOverview([report], createPaint(false)).toString().split('\n')
    expect(head.split(/ {2,}/)).toEqual(['secret', 'uses', 'follow', 'at most', 'never', 'at a start', 'both in use'])
    expect(row).toMatch(/^default\/db {2,}8 {2,}2 {2,}[\dms.]+ {2,}3 {2,}0 {2,}until restarts$/)
  })

  test('I2: an immutable Secret is never seen changed; the cure begins with its deletion', () => {
    const files = fileOf([{ ...secret, immutable: true }, deployment('web', ['volume'], 1)])
    const report = rotationOf(files, { secret: { name: 'db' } })
    expect(mounted(report)).toEqual(['never'])
    expect(report.cures[0]).toBe('kubectl delete secret db -n default')
    expect(report.choices.immutable).toContain('it is immutable already')
  })

  test('what no manifest makes is taken to be there, and said', () => {
    const report = rotationOf(fileOf([deployment('web', ['volume'], 1)]), { secret: { name: 'db' }, seeds: 1 })
    expect(report.assumed).toEqual(['secret default/db'])
    expect(mounted(report)).toEqual(['follows'])
  })

  test('P1, L3: pulls, init containers and Jobs read when they begin', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        imagePullSecrets: [{ name: 'db' }],
        initContainers: [{ name: 'first', image: 'busybox', command: ['true'], ...ways.env }],
        containers: [{ name: 'app', image: 'nginx' }],
      },
    }
    const report = rotationOf(fileOf([secret, pod]), { secret: { name: 'db' }, seeds: 1 })
    expect(report.rows.map(({ way, effect }) => [way, effect.kind])).toEqual([
      ['pull', 'next'],
      ['env', 'next'],
    ])
  })

  test('U4: a CronJob is told of too: its next Job reads the new value, unless the Secret is immutable', () => {
    const nightly = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: {
        schedule: '@daily',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', ...ways.env }] },
            },
          },
        },
      },
    }
    const report = rotationOf(fileOf([secret, nightly]), { secret: { name: 'db', key: 'password' }, seeds: 1 })
    expect(report.rows.map(({ workload, effect }) => [workload, effect])).toEqual([
      ['cronjob default/nightly', { kind: 'next', until: 'the next Job that it makes' }],
    ])
    expect(report.choices.newName).toMatch(/; cronjob default\/nightly takes it with the next Job$/)
    expect(report.choices.immutable).toMatch(/new Pods of 0 workloads$/)
    const fixed = rotationOf(fileOf([{ ...secret, immutable: true }, nightly]), { secret: { name: 'db' } })
    expect(fixed.rows.map(({ effect }) => effect.kind)).toEqual(['never'])
    expect(fixed.cures).toEqual(['kubectl delete secret db -n default', 'kubectl apply -f SECRET.yaml -n default'])
  })

  test('P4: what makes no Pods is told of too: accounts hand it to pulls, an Ingress leaves it to its controller', () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'sa' },
      imagePullSecrets: [{ name: 'db' }],
    }
    const lists = { ...account, metadata: { name: 'lists' }, imagePullSecrets: [], secrets: [{ name: 'db' }] }
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } }, tls: [{ secretName: 'db' }] },
    }
    const given = [account, lists, ingress, { ...ingress, metadata: { name: 'i', namespace: 'other' } }]
    const report = rotationOf(fileOf([secret, ...given]), { secret: { name: 'db' }, seeds: 1 })
    expect(report.rows.map(({ workload, effect }) => [workload, effect.kind])).toEqual([
      ['serviceaccount default/sa', 'next'],
      ['serviceaccount default/lists', 'unaffected'],
      ['ingress default/i', 'outside'],
    ])
    const text = rotationText(report, createPaint(false)).toString()
    expect(text).toContain('serviceaccount default/sa  imagePullSecrets  ')
    expect(text).toContain('    sees it at the next pull of an image, in Pods of the account\n')
    expect(text).not.toContain('OTHERWISE')
    const fixed = rotationOf(fileOf([{ ...secret, immutable: true }, ...given]), { secret: { name: 'db' } })
    expect(fixed.rows.map(({ effect }) => effect.kind)).toEqual(['never', 'unaffected', 'never'])
    expect(fixed.cures).toHaveLength(2)
  })

  test('U3 property: it agrees with what the files of the same cluster show', () => {
    const workloads = fc.array(fc.subarray([...uses], { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(
        workloads,
        fc.constantFrom('Watch', 'Cache', 'Get'),
        fc.constantFrom('v1.18', 'v1.36'),
        (drawn, strategy, version) => {
          const files = fileOf([secret, ...drawn.map((containers, i) => deployment(`w${i}`, containers, 1))])
          const report = rotationOf(files, { secret: { name: 'db', key: 'password' }, seeds: 1, strategy, version })
          const cluster = applyGiven(readGiven(files).objects, { strategy, version, createNamespaces: true }, '1')
          const { sim } = cluster
          sim.runFor('6m')
          sim.kubectl(['patch', 'secret', 'db', '--type=merge', '-p', '{"stringData":{"password":"rotated"}}'])
          const writtenAt = sim.now()
          const pods = new Map(
            workloadsOf(cluster).map(({ given, pods: [pod] }) => [
              `deployment default/${given.name}`,
              pod?.metadata.name ?? '',
            ]),
          )
          for (const { workload, container, way, where, effect } of [...report.rows].sort(byTime)) {
            if (way === 'env' || way === 'envFrom' || container === '') continue
            const path = way === 'subPath' ? where : `${where}/password`
            const sees = () => sim.file({ pod: pods.get(workload) ?? '', container }, path)?.content === 'rotated'
            if (effect.kind === 'follows') {
              sim.runUntil(sees, { within: '10m' })
              expect(sim.now() - writtenAt).toBe(effect.worstMs)
            } else expect(sees()).toBe(false)
          }
        },
      ),
      { numRuns: tries(6), seed: 1 },
    )
  })
})

/** Those that follow in the order in which they do, then the others. */
function byTime(a: { readonly effect: { readonly kind: string; readonly worstMs?: number } }, b: typeof a): number {
  return (a.effect.worstMs ?? Number.MAX_SAFE_INTEGER) - (b.effect.worstMs ?? Number.MAX_SAFE_INTEGER)
}
