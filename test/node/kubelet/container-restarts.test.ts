import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'

interface Seen {
  readonly phase: string
  readonly restarts: Readonly<Record<string, number>>
}

/** What became of a Pod whose containers end with the codes that their scripts give. */
function lookedAt(seconds: number, spec: object, version: 'v1.30' | 'v1.35' | 'v1.36' = 'v1.36'): Seen {
  const sim = createSim({
    journal: 'off',
    version,
    seed: 'policies',
    nodes: 1,
    images: [{ name: 'busybox', present: true }],
  })
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  sim.runFor(`${seconds}s`)
  const { phase = '', containerStatuses = [], initContainerStatuses = [] } = sim.get('Pod', 'p')?.status ?? {}
  const all = [...containerStatuses, ...initContainerStatuses]
  return { phase, restarts: Object.fromEntries(all.map(({ name, restartCount }) => [name, restartCount])) }
}
const ends = (name: string, code: number, more: object = {}) => ({
  name,
  image: 'busybox:1',
  command: ['sh', '-c', `sleep 1; exit ${code}`],
  ...more,
})
const stays = { name: 'stays', image: 'busybox:1', command: ['sleep', '9999'] }
const rule = (operator: string, ...values: number[]) => ({
  restartPolicyRules: [{ action: 'Restart', exitCodes: { operator, values } }],
})

// pkg/api/v1/pod/util.go, ContainerShouldRestart; kubelet_pods.go, getPhase (1.36.2).
describe('L6 a container has a restart policy of its own', () => {
  test.each([
    { pod: 'Never', own: 'Always', code: 0, starts: true, phase: 'Running' },
    { pod: 'Never', own: 'OnFailure', code: 3, starts: true, phase: 'Running' },
    { pod: 'Never', own: 'OnFailure', code: 0, starts: false, phase: 'Succeeded' },
    { pod: 'Always', own: 'Never', code: 3, starts: false, phase: 'Failed' },
    { pod: 'Always', own: 'Never', code: 0, starts: false, phase: 'Succeeded' },
  ])('$own in a Pod with $pod, ended with $code', ({ pod, own, code, starts, phase }) => {
    const seen = lookedAt(15, { restartPolicy: pod, containers: [ends('own', code, { restartPolicy: own })] })
    expect({ starts: (seen.restarts.own ?? 0) > 0, phase: seen.phase }).toEqual({ starts, phase })
  })

  test('a Pod with others that run goes on', () => {
    const seen = lookedAt(30, {
      restartPolicy: 'Always',
      containers: [ends('once', 1, { restartPolicy: 'Never' }), ends('again', 1), stays],
    })
    expect(seen.phase).toBe('Running')
    expect(seen.restarts).toMatchObject({ once: 0, stays: 0 })
    expect(seen.restarts.again).toBeGreaterThan(0)
  })
})

describe('L6 rules say with which exit codes a container starts anew', () => {
  test.each([
    { rules: rule('In', 42), code: 42, starts: true },
    { rules: rule('In', 1, 2), code: 42, starts: false },
    { rules: rule('NotIn', 42), code: 42, starts: false },
    { rules: rule('NotIn', 1), code: 42, starts: true },
  ])('$rules.restartPolicyRules.0.exitCodes of one that ended with $code', ({ rules, code, starts }) => {
    const own = ends('own', code, { restartPolicy: 'Never', ...rules })
    const seen = lookedAt(15, { restartPolicy: 'Never', containers: [own] }, 'v1.35')
    expect((seen.restarts.own ?? 0) > 0).toBe(starts)
    expect(seen.phase).toBe(starts ? 'Running' : 'Failed')
  })

  test('of an init container, which is tried again though the Pod is not', () => {
    const init = (code: number) =>
      lookedAt(20, {
        restartPolicy: 'Never',
        initContainers: [ends('init', code, { restartPolicy: 'Never', ...rule('In', 7) })],
        containers: [stays],
      })
    expect(init(7)).toMatchObject({ phase: 'Pending' })
    expect(init(7).restarts.init).toBeGreaterThan(0)
    expect(init(8)).toEqual({ phase: 'Failed', restarts: { init: 0, stays: 0 } })
  })
})

// status_manager.go, checkContainerStateTransition; validation.go, ValidateInitContainerStateTransition (v1.28 on): a sidecar may always
// leave the state in which it ended, what is no sidecar may not.
test.each([
  { version: 'v1.30', policy: 'Never', code: 1 },
  { version: 'v1.30', policy: 'OnFailure', code: 0 },
  { version: 'v1.36', policy: 'Never', code: 1 },
] as const)(
  'L6 in $version the API server hears how a sidecar that ended with $code goes on in a Pod with $policy',
  (row) => {
    const sidecar = ends('side', row.code, {
      restartPolicy: 'Always',
      command: ['sh', '-c', `sleep 9; exit ${row.code}`],
    })
    const spec = { restartPolicy: row.policy, initContainers: [sidecar], containers: [stays] }
    const sim = createSim({
      journal: 'off',
      version: row.version,
      seed: 'policies',
      nodes: 1,
      images: [{ name: 'busybox', present: true }],
    })
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
    sim.runFor('15s')
    const [side] = sim.get('Pod', 'p')?.status?.initContainerStatuses ?? []
    expect(side).toMatchObject({ restartCount: 1, ready: true, state: { running: {} } })
    const ended = { name: 'stays', image: 'busybox:1', state: { terminated: { exitCode: 0 } } }
    const put = (status: object) =>
      sim.request({
        ...{
          method: 'PATCH',
          path: '/api/v1/namespaces/default/pods/p/status',
          contentType: 'application/merge-patch+json',
        },
        ...{
          user: 'admin',
          groups: ['system:masters'],
          body: JSON.stringify({ status: { containerStatuses: [status] } }),
        },
      })
    expect([put(ended), put({ ...ended, state: { terminated: null, running: {} } })].map(({ code }) => code)).toEqual([
      200, 422,
    ])
  },
)

test.each([
  ['v1.35', undefined],
  ['v1.36', 3],
] as const)('L6 %s: how a container ended before is told %s once the runtime has removed it', (version, code) => {
  const sim = createSim({ journal: 'off', version, seed: 'last', images: [{ name: 'busybox', present: true }] })
  const metadata = { name: 'p', finalizers: ['podsim.test/kept'] }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [ends('c', 3)] } })
  sim.runFor('40s')
  sim.kubectl('delete pod p --wait=false')
  sim.runFor('1s')
  const [status] = sim.get('Pod', 'p')?.status?.containerStatuses ?? []
  expect(status?.state?.terminated?.exitCode).toBe(3)
  expect(status?.lastState?.terminated?.exitCode).toBe(code)
})
