import { describe, expect, test } from 'vitest'
import type { ContainerStatus, Pod } from '../../../src/api/types/core.ts'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { Sim } from '../../../src/sim/sim.ts'

const busybox = { image: 'busybox', command: ['sleep', '1000000'] }
const volume = (name: string, secretName: string) => ({ name, secret: { secretName } })

function withPod(spec: object = {}, version: 'v1.23' | 'v1.36' = 'v1.36'): Sim {
  const sim = createSim({ nodes: 1, version, kubectl: '1.32.4', seed: 'ephemeral' })
  sim.shell('kubectl create secret generic db --from-literal=PASS=first')
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { volumes: [volume('db', 'db'), volume('gone', 'gone')], containers: [{ name: 'app', ...busybox }], ...spec },
  })
  sim.runFor('10s')
  return sim
}

/** Adds a container as a client does, by a patch of the subresource. */
function add(sim: Sim, container: object): string {
  const patch = JSON.stringify({ spec: { ephemeralContainers: [{ ...busybox, ...container }] } })
  const { stdout, stderr } = sim.shell(`kubectl patch pod web --subresource=ephemeralcontainers -p '${patch}'`)
  return stdout + stderr
}

const podOf = (sim: Sim) => sim.get('Pod', 'web') as Pod // the kind that was asked for
const statusOf = (sim: Sim, name: string): ContainerStatus | undefined =>
  podOf(sim).status?.ephemeralContainerStatuses?.find((one) => one.name === name)
const told = (sim: Sim, line: string) => sim.shell(line).stdout

describe('8.1 ephemeral containers', () => {
  test.each(['v1.23', 'v1.36'] as const)(
    'E1 U1 of %s get variables and volumes as others do, and are never ready or started in their status',
    (version) => {
      const sim = withPod({}, version)
      add(sim, {
        name: 'late',
        envFrom: [{ secretRef: { name: 'db' } }],
        volumeMounts: [{ name: 'db', mountPath: '/db' }],
      })
      sim.runFor('5s')
      expect(told(sim, `kubectl exec web -c late -- sh -c 'echo $PASS $(cat /db/PASS)'`)).toBe('first first\n')
      const status = statusOf(sim, 'late')
      expect(status).toMatchObject({ ready: false, restartCount: 0, state: { running: {} } })
      expect(status).not.toHaveProperty('started')
      expect(podOf(sim).status?.phase).toBe('Running')
      expect(podOf(sim).status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
      const paths = sim.events({ reason: 'Started' }).map(({ involvedObject }) => involvedObject.fieldPath)
      expect(paths).toEqual(['spec.containers{app}', 'spec.ephemeralContainers{late}'])
    },
  )

  test('run once: one that has ended stays so, whatever restartPolicy says', () => {
    const sim = withPod()
    add(sim, { name: 'late', command: ['sh', '-c', 'echo looked; exit 3'] })
    sim.runFor('5m')
    expect(statusOf(sim, 'late')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 3 } } })
    expect(told(sim, 'kubectl logs web -c late')).toBe('looked\n')
    expect(podOf(sim).status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })

  test('L3 one whose Secret is missing waits for it alone, and starts when it comes', () => {
    const sim = withPod()
    add(sim, { name: 'late', env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'gone', key: 'k' } } }] })
    sim.runFor('20s')
    expect(statusOf(sim, 'late')?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'secret "gone" not found',
    })
    expect(sim.why('pod/web').details).toContain(
      'ephemeral container late waits: CreateContainerConfigError, secret "gone" not found',
    )
    expect(podOf(sim).status?.containerStatuses?.[0]?.ready).toBe(true)
    sim.shell('kubectl create secret generic gone --from-literal=k=v')
    sim.runFor('2m')
    expect(told(sim, `kubectl exec web -c late -- sh -c 'echo $P'`)).toBe('v\n')
  })

  test('may start while init containers run', () => {
    const sim = withPod({ initContainers: [{ name: 'init', ...busybox }] })
    add(sim, { name: 'late' })
    sim.runFor('5s')
    expect(statusOf(sim, 'late')?.state).toHaveProperty('running')
    expect(podOf(sim).status?.phase).toBe('Pending')
  })

  test('delays of an update: the file follows, the variable never', () => {
    const sim = withPod()
    add(sim, {
      name: 'late',
      envFrom: [{ secretRef: { name: 'db' } }],
      volumeMounts: [{ name: 'db', mountPath: '/db' }],
    })
    sim.runFor('10s')
    sim.shell(`kubectl patch secret db -p '{"stringData":{"PASS":"second"}}'`)
    sim.runFor('3m')
    const rows = sim.delays('db').filter(({ container }) => container === 'late')
    expect(rows.map(({ way, until }) => [way, until])).toEqual([
      ['volume', undefined],
      ['envFrom', 'another ephemeral container, or a new Pod'],
    ])
    expect(told(sim, `kubectl exec web -c late -- sh -c 'echo $PASS $(cat /db/PASS)'`)).toBe('first second\n')
  })
})
