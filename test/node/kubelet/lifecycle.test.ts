import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/types/core.ts'
import { resources } from '../../../src/client/client.ts'
import { answered } from '../../client/answered.ts'
import { createWorld, mounting, secret, type World } from './world.ts'

const key = (name: string) => ({ namespace: 'default', name })

function onNode(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'n1', ...spec } }
}

function app(more: object = {}): object {
  return { name: 'app', image: 'local/app:1', command: ['serve'], ...more }
}

function reasonsOf(world: World): readonly (string | undefined)[] {
  return world.events().map(({ reason }) => reason)
}

describe.each([18, 22, 26, 29, 36])('in v1.%i', (minor) => {
  test('L5 a Pod starts, runs and goes without a trace', () => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    expect(world.pod('p')?.status?.phase).toBe('Running')
    expect(world.pod('p')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
    answered(world.admin.delete(resources.pods, key('p')), () => undefined)
    world.run(25)
    expect(world.pod('p')).toBeUndefined()
    expect(world.fs.tmpfsUsage()).toEqual([])
    world.run(120)
    expect(world.runtime.podUids()).toEqual([])
    expect(world.kubelet.context?.secrets.inspect()).toEqual([])
  })

  test('L5 a Pod that has done its work keeps its object with its address, and loses its volumes', () => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's', { restartPolicy: 'Never' }, ['exit-after', '3', '0']))
    world.run(20)
    expect(world.pod('p')?.status).toMatchObject({ phase: 'Succeeded', podIP: expect.stringMatching(/^10\./) })
    expect(world.fs.tmpfsUsage()).toEqual([])
  })

  test('L6 a Pod that was forced away is stopped and cleaned up', () => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    const uid = world.pod('p')?.metadata.uid ?? ''
    answered(world.admin.delete(resources.pods, key('p'), { gracePeriodSeconds: 0 }), () => undefined)
    world.run(20)
    expect(world.runtime.podContainers(uid).filter(({ state }) => state === 'running')).toEqual([])
    expect(world.fs.tmpfsUsage()).toEqual([])
    expect(world.fs.lstat(`/var/lib/kubelet/pods/${uid}`).ok).toBe(false)
  })

  test('L3 init containers run one after the other before the others', () => {
    const world = createWorld({ minor })
    const init = (name: string) => ({ name, image: 'local/init:1', command: ['exit-after', '2', '0'] })
    world.create(onNode('p', { initContainers: [init('i1'), init('i2')], containers: [app()] }))
    world.run(20)
    const order = world.journal.query({ type: 'container.start' }).map(({ detail }) => detail?.container)
    expect(order).toEqual(['i1', 'i2', 'app'])
    expect(world.pod('p')?.status?.phase).toBe('Running')
  })

  test('L6 activeDeadlineSeconds ends a Pod', () => {
    const world = createWorld({ minor })
    world.create(onNode('p', { activeDeadlineSeconds: 10, restartPolicy: 'Never', containers: [app()] }))
    world.run(8)
    expect(world.pod('p')?.status?.phase).toBe('Running')
    world.run(12)
    expect(world.pod('p')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
    // One with each status that is made of it: on the way to its end, of what was stopped, and when all of it is gone.
    const told = world.events().find(({ reason }) => reason === 'DeadlineExceeded')
    expect(told?.count).toBe(minor < 22 ? 1 : minor < 27 ? 3 : 4)
    const running = world.runtime
      .podContainers(world.pod('p')?.metadata.uid ?? '')
      .filter((one) => one.state === 'running')
    expect(running).toEqual([])
    // kubelet_pods.go, generateAPIPodStatus: v1.18 returns before it makes conditions, v1.23.1 goes on.
    const conditions = world.pod('p')?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])
    const ready = ['Ready', 'False', 'PodFailed']
    if (minor < 22) expect(conditions).toEqual([])
    else expect(conditions).toEqual(expect.arrayContaining([ready, ['ContainersReady', 'False', 'PodFailed']]))
    // A reason stays with its phase, whatever is looked at later.
    world.kubelet.stop()
    world.kubelet.start()
    world.run(30)
    expect(world.pod('p')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  test('L6 a liveness probe that fails three times has its container restarted', () => {
    const world = createWorld({ minor })
    const livenessProbe = { exec: { command: ['exit-after', '0', '1'] }, periodSeconds: 2, failureThreshold: 3 }
    world.create(onNode('p', { containers: [app({ livenessProbe })] }))
    world.run(20)
    const status = world.pod('p')?.status?.containerStatuses?.[0]
    expect(status?.restartCount).toBeGreaterThanOrEqual(1)
    const messages = world.events().map(({ message }) => message)
    expect(messages).toContain('Container app failed liveness probe, will be restarted')
    expect(messages.some((message) => message?.startsWith('Liveness probe failed: '))).toBe(true)
  })

  test('L3 a readiness probe keeps a Pod from being ready, not from running', () => {
    const world = createWorld({ minor })
    const readinessProbe = { exec: { command: ['exit-after', '0', '1'] }, periodSeconds: 1 }
    world.create(onNode('p', { containers: [app({ readinessProbe })] }))
    world.run(10)
    expect(world.pod('p')?.status?.phase).toBe('Running')
    expect(world.pod('p')?.status?.containerStatuses?.[0]?.ready).toBe(false)
    expect(world.pod('p')?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason).toBe('ContainersNotReady')
  })

  test('L6 a reboot of the node makes new sandboxes and restarts containers, with the present Secret', () => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    world.kubelet.stop()
    world.runtime.reboot()
    world.fs.reboot()
    world.kubelet.machineRebooted()
    world.run(30)
    world.kubelet.start()
    world.run(10)
    const status = world.pod('p')?.status
    expect(status?.phase).toBe('Running')
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(1)
    expect(reasonsOf(world)).toContain('SandboxChanged')
    expect(world.fs.tmpfsUsage()).toHaveLength(1)
  })
})

describe('static Pods', () => {
  const manifest = (volumes: readonly object[] = []): Pod =>
    ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [app()], volumes } }) as Pod

  test('R3 one without Secrets runs under the name of its node and has a mirror', () => {
    const world = createWorld()
    world.kubelet.setStaticPods([manifest()])
    world.run(10)
    const mirror = world.pod('web-n1')
    world.run(10)
    expect(mirror?.metadata.annotations?.['kubernetes.io/config.mirror']).toBeDefined()
    expect(world.pod('web-n1')?.status?.phase).toBe('Running')
    world.kubelet.setStaticPods([])
    world.run(40)
    expect(world.pod('web-n1')).toBeUndefined()
    expect(world.journal.query({ type: 'container.exit' })).toHaveLength(1)
  })

  test('R3 one with a Secret volume is refused when it is read (from v1.34 on)', () => {
    const world = createWorld({ minor: 36 })
    world.kubelet.setStaticPods([manifest([{ name: 'v', secret: { secretName: 's' } }])])
    world.run(10)
    const refused = world.journal.query({ type: 'static-pod.refused' })
    expect(refused.map(({ detail }) => detail?.message)).toEqual(['static pods may not reference secrets'])
    expect(world.pod('web-n1')).toBeUndefined()
  })
})
