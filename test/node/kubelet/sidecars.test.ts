import { describe, expect, test } from 'vitest'
import type { Container, Pod } from '../../../src/api/types/core.ts'
import { sidecarActions } from '../../../src/node/kubelet/pods/sidecar-actions.ts'
import type { RuntimeContainer } from '../../../src/node/runtime/cri.ts'
import { podIn, simPod, simSecret, simTold, simWith } from '../facts/world.ts'

const sidecar = (name: string): Container => ({ name, restartPolicy: 'Always' })
const podOf = (init: readonly Container[], restartPolicy: Pod['spec']['restartPolicy'] = 'Always'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'u' },
  spec: { restartPolicy, containers: [{ name: 'main' }], initContainers: init },
})
// What the runtime tells of a container, as far as it is looked at.
const seen = (name: string, state: RuntimeContainer['state'], exitCode?: number) =>
  ({ id: `id-${name}`, state, exitCode, config: { name, specHash: 'h' } }) as RuntimeContainer
const facts = (more: { readonly failed?: string; readonly unstarted?: string } = {}) => ({
  specHash: () => 'h',
  failedProbe: (id: string) => (id === `id-${more.failed}` ? ('liveness' as const) : undefined),
  resizes: false,
  hasStarted: (name: string) => name !== more.unstarted,
})
const actions = (pod: Pod, containers: readonly RuntimeContainer[], more = {}) => {
  const { toStart, toKill, isInitialized, hasFailed } = sidecarActions(
    pod,
    { sandboxes: [], containers, ip: undefined },
    facts(more),
  )
  const names = toStart.map(({ name }) => name)
  return { starts: names, kills: toKill.map(({ message }) => message), isInitialized, hasFailed }
}
const all = [{ name: 'first' }, sidecar('proxy'), { name: 'last' }]

describe('L3 what a sync does to init containers among which are sidecars (v1.36/README.md row 26)', () => {
  test.each([
    { when: 'nothing ran', runs: [], starts: ['first'] },
    { when: 'the first runs', runs: [seen('first', 'running')], starts: [] },
    { when: 'the first has ended', runs: [seen('first', 'exited', 0)], starts: ['proxy'] },
    { when: 'the first has failed', runs: [seen('first', 'exited', 1)], starts: ['first'] },
    { when: 'the sidecar runs', runs: [seen('first', 'exited', 0), seen('proxy', 'running')], starts: ['last'] },
    { when: 'the sidecar crashed', runs: [seen('first', 'exited', 0), seen('proxy', 'exited', 1)], starts: ['proxy'] },
    {
      when: 'the sidecar ended well',
      runs: [seen('first', 'exited', 0), seen('proxy', 'exited', 0)],
      starts: ['proxy'],
    },
  ])('when $when, $starts start', ({ runs, starts }) => {
    expect(actions(podOf(all), runs)).toEqual({ starts, kills: [], isInitialized: false, hasFailed: false })
  })

  test('after the last the regular containers may run', () => {
    const runs = [seen('first', 'exited', 0), seen('proxy', 'running'), seen('last', 'exited', 0)]
    expect(actions(podOf(all), runs)).toMatchObject({ starts: [], isInitialized: true })
    expect(actions(podOf([sidecar('proxy')]), [seen('proxy', 'running')])).toMatchObject({ isInitialized: true })
  })

  test('beside a running container all sidecars that are not there are started again, and nothing else is', () => {
    const pod = podOf([sidecar('a'), { name: 'b' }, sidecar('c')])
    expect(actions(pod, [seen('main', 'running'), seen('c', 'exited', 1)])).toEqual({
      starts: ['a', 'c'],
      kills: [],
      isInitialized: true,
      hasFailed: false,
    })
  })

  test('its startup probe holds the next one back, its liveness probe has it restarted', () => {
    const pod = podOf([sidecar('a'), { name: 'b' }])
    expect(actions(pod, [seen('a', 'running')], { unstarted: 'a' }).starts).toEqual([])
    expect(actions(pod, [seen('a', 'running')], { failed: 'a' })).toMatchObject({
      starts: ['a'],
      kills: ['Init container a failed liveness probe'],
    })
  })

  test('under Never a failed init container ends the Pod, a failed sidecar does not', () => {
    expect(actions(podOf(all, 'Never'), [seen('first', 'exited', 1)])).toMatchObject({ hasFailed: true, starts: [] })
    expect(actions(podOf([sidecar('a')], 'Never'), [seen('a', 'exited', 1)])).toMatchObject({ starts: ['a'] })
  })
})

describe('L3 a Pod with a sidecar', () => {
  const init = (env: object = {}) => ({
    initContainers: [
      { name: 'proxy', image: 'busybox:1', command: ['sleep', 'infinity'], restartPolicy: 'Always', ...env },
    ],
  })
  const fromSecret = { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] }

  test('waits for the Secret of its sidecar, then shows both as ready; at its end the sidecar goes last', () => {
    const sim = simTold({ version: 'v1.36' }, simPod('p', {}, init(fromSecret)))
    sim.runFor('30s')
    expect(sim.kubectl('get pods').stdout).toContain('p      0/2     Init:CreateContainerConfigError   0')
    sim.apply(simSecret({ a: '1' }))
    sim.runFor('20s')
    expect(sim.kubectl('get pods').stdout).toContain('p      2/2     Running   0 ')
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('60s')
    const stops = sim.journal.query({ type: 'container.exit' }).map(({ detail }) => detail?.container)
    expect(stops).toEqual(['app', 'proxy'])
    expect(podIn(sim)).toBeUndefined()
  })

  test('that must not restart succeeds although its sidecar runs on', () => {
    const sim = simWith(
      { version: 'v1.36' },
      simPod('p', { command: ['sh', '-c', 'sleep 5'] }, { ...init(), restartPolicy: 'Never' }),
    )
    sim.runFor('60s')
    expect(podIn(sim)?.status?.phase).toBe('Succeeded')
  })

  test('that ended well never counts as waiting for its next start', () => {
    const proxy = {
      ...sidecar('proxy'),
      image: 'busybox',
      command: ['sh', '-c', "trap 'exit 0' TERM; sleep 9999 & wait"],
      startupProbe: { exec: { command: ['false'] }, periodSeconds: 2, failureThreshold: 2 },
    }
    const sim = simWith({ version: 'v1.36' }, simPod('p', {}, { initContainers: [proxy] }))
    const told = Array.from({ length: 60 }, () => {
      sim.runFor('1s')
      const [status] = podIn(sim)?.status?.initContainerStatuses ?? []
      return status?.state?.waiting?.reason ?? status?.state?.terminated?.reason
    })
    expect(new Set(told)).toEqual(new Set(['PodInitializing', undefined, 'Completed']))
  })

  test('is a Pod with an endless init container before v1.29: the field is dropped', () => {
    const sim = simWith({ version: 'v1.28' }, simPod('p', {}, init()))
    sim.runFor('30s')
    expect(podIn(sim)?.spec.initContainers?.[0]?.restartPolicy).toBeUndefined()
    expect(sim.kubectl('get pods').stdout).toContain('Init:0/1')
  })

  test('restarts are dated from v1.22 on', () => {
    const crashing = simPod('p', { command: ['sh', '-c', 'sleep 5; exit 1'] })
    const row = (version: 'v1.18' | 'v1.36') => {
      const sim = simWith({ version }, crashing)
      sim.runFor('15s')
      return sim.kubectl('get pods').stdout.split('\n')[1]
    }
    expect(row('v1.18')).toMatch(/^p +[01]\/1 +\w+ +1 +\d+s$/)
    expect(row('v1.36')).toMatch(/^p +[01]\/1 +\w+ +1 \(\d+s ago\) +\d+s$/)
  })
})
