import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import { type KubernetesVersion, kubernetesVersions } from '../../src/versions/version.ts'

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

/** Versions whose recordings podsim is held against: `npm test` has these, `npm run soak` the others. */
const recorded: readonly KubernetesVersion[] = ['v1.18', 'v1.26', 'v1.36']

/** One test for each version, of those that were recorded or of the others. */
export function testRotations(which: 'recorded' | 'others'): void {
  const versions = kubernetesVersions.filter((version) => recorded.includes(version) === (which === 'recorded'))
  test.each(versions)('E1, U3: in %s a Deployment runs with its Secret, and its files follow a rotation', rotates)
}

function rotates(version: KubernetesVersion): void {
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
      () => ready().every((each) => sim.env({ pod: each.metadata.name, container: 'app' })?.get('PASSWORD') === 'two'),
      {
        within: '5m',
      },
    ),
  ).toBe(true)
}
