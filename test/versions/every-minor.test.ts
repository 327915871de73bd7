import { describe, expect, test } from 'vitest'
import { discoveryOf } from '../../src/api/schema/discovery.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import { kubernetesVersions, minorOf } from '../../src/versions/version.ts'

const manifests = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'one' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'nginx',
              env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
              volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
            },
          ],
          volumes: [{ name: 'db', secret: { secretName: 'db' } }],
        },
      },
    },
  },
]

/** The stable or beta version of a kind that most manifests of that time used. */
const kindsByMinor: readonly (readonly [
  kind: string,
  group: string,
  resource: string,
  beta: string,
  stableSince: number,
  betaUntil: number,
])[] = [
  ['CronJob', 'batch', 'cronjobs', 'v1beta1', 21, 25],
  ['PodDisruptionBudget', 'policy', 'poddisruptionbudgets', 'v1beta1', 21, 25],
  ['Ingress', 'networking.k8s.io', 'ingresses', 'v1beta1', 19, 22],
  ['CustomResourceDefinition', 'apiextensions.k8s.io', 'customresourcedefinitions', 'v1beta1', 16, 22],
]

describe.each(kubernetesVersions)('%s', (version) => {
  test('E1, U3: a Deployment runs with its Secret, and its files follow a rotation', () => {
    const sim = createSim({ version, kubectl: `${version.slice(1)}.0`, nodes: 2, seed: version })
    sim.apply(manifests)
    const ready = () => sim.list('Pod').filter(({ status }) => status?.phase === 'Running')
    expect(sim.runUntil(() => ready().length === 2, { within: '2m' })).toBe(true)
    sim.runFor('5s')
    const [pod] = ready()
    const target = { pod: pod?.metadata.name ?? '', container: 'app' }
    expect(sim.env(target)?.get('PASSWORD')).toBe('one')
    const { stdout } = sim.kubectl('get deploy web')
    expect(stdout).toContain('web    2/2     2            2')
    sim.apply({ ...manifests[0], stringData: { password: 'two' } })
    expect(sim.runUntil(() => sim.file(target, '/etc/db/password')?.content === 'two', { within: '4m' })).toBe(true)
    expect(sim.env(target)?.get('PASSWORD')).toBe('one')
    expect(sim.kubectl('rollout restart deploy web').exitCode).toBe(0)
    expect(
      sim.runUntil(
        () =>
          ready().every((each) => sim.env({ pod: each.metadata.name, container: 'app' })?.get('PASSWORD') === 'two'),
        {
          within: '5m',
        },
      ),
    ).toBe(true)
  })

  test('serves the versions of kinds that it served', () => {
    const minor = minorOf(version)
    const discovery = discoveryOf(minor)
    for (const [kind, group, resource, beta, stableSince, betaUntil] of kindsByMinor) {
      const isThere = (of: string): boolean => discovery.resource({ group, version: of, resource }) !== undefined
      expect([kind, isThere('v1'), isThere(beta)]).toEqual([kind, minor >= stableSince, minor < betaUntil])
    }
  })
})
