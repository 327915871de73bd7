import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/sim/sim.ts'
import { eventsOf, messages, podIn, simMounting, simPod, simSecret, simWith } from './world.ts'

/** facts/kubelet.md, section 11: memory and limits. */

const kib = 1024
const big = (name: string, sizeKib: number) => simSecret({ a: 'x'.repeat(sizeKib * kib) }, name)

const projecting = (pod: string, names: readonly string[], container: object = {}, spec: object = {}) =>
  simPod(
    pod,
    { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }], ...container },
    {
      volumes: [
        {
          name: 'v',
          projected: {
            sources: names.map((name) => ({ secret: { name, items: [{ key: 'a', path: name }] } })),
          },
        },
      ],
      automountServiceAccountToken: false,
      ...spec,
    },
  )

/** As `kubectl create` does: an annotation that repeats the values would be too long. */
function post(sim: Sim, ...secrets: readonly object[]): unknown {
  const path = '/api/v1/namespaces/default/secrets'
  return secrets.map((body) => sim.request({ user: 'admin', method: 'POST', path, body }))[0]
}

const usage = (sim: Sim, node = 'node-1') => sim.nodeMemory(node)

describe('11 the API server’s limit', () => {
  test('R2 values may have 1 MiB together, keys not counted; one byte more is refused', () => {
    const half = 512 * kib
    const sim = simWith({})
    const full = simSecret({ a: 'x'.repeat(half), ['k'.repeat(253)]: 'y'.repeat(half) })
    expect(post(sim, full)).toMatchObject({ code: 201 })
    const over = post(sim, simSecret({ a: 'x'.repeat(half), b: 'y'.repeat(half + 1) }, 't'))
    expect(over).toMatchObject({ code: 422 })
    expect(JSON.stringify(over)).toContain('data: Too long: must have at most 1048576 bytes')
  })
})

describe('11 memory of a node', () => {
  test('R2 each Pod holds its own copy of the files, the kubelet one of each Secret', () => {
    const sim = simWith({}, big('s', 100))
    for (const name of ['p', 'q', 'r'])
      sim.apply(simMounting(name, { secretName: 's' }, { automountServiceAccountToken: false }))
    sim.runFor('15s')
    const { tmpfsBytes, cacheBytes, cachedSecrets, pods } = usage(sim)
    expect(pods.map(({ pod, bytes }) => [pod, Math.round(bytes / kib)])).toEqual([
      ['p', 100],
      ['q', 100],
      ['r', 100],
    ])
    expect(Math.round(tmpfsBytes / kib)).toBe(300)
    expect(cachedSecrets).toBe(1)
    expect(Math.round(cacheBytes / kib)).toBe(100)
    sim.kubectl('delete pod p q r --wait=false')
    sim.runFor('60s')
    expect(usage(sim)).toMatchObject({ tmpfsBytes: 0, cacheBytes: 0, cachedSecrets: 0, pods: [] })
  })

  test('R2 by Get the kubelet itself holds nothing', () => {
    const sim = simWith(
      { kubelet: { configMapAndSecretChangeDetectionStrategy: 'Get' } },
      big('s', 10),
      simMounting('p'),
    )
    sim.runFor('15s')
    expect(usage(sim)).toMatchObject({ cacheBytes: 0, cachedSecrets: 0 })
  })

  test('R2 many Secrets fill a small node: the Pod that comes too late is told by FailedMount', () => {
    // So small a node would be under pressure for good.
    const kubelet = { evictionHard: { 'memory.available': '0%' } }
    const sim = simWith({ nodes: [{ name: 'node-1', memory: '2Mi', kubelet }] })
    const names = Array.from({ length: 10 }, (_, i) => `s${i}`)
    for (const name of names) post(sim, big(name, 225))
    sim.apply(projecting('fits', names.slice(0, 4)))
    sim.runFor('15s')
    sim.apply(projecting('does-not', names.slice(4)))
    sim.runFor('15s')
    expect(podIn(sim, 'fits')?.status?.phase).toBe('Running')
    expect(podIn(sim, 'does-not')?.status?.phase).toBe('Pending')
    expect(messages(sim, 'FailedMount', 'does-not').join()).toMatch(/no space left on device/)
    // What could not be written is taken away again.
    expect(usage(sim).pods.map(({ pod }) => pod)).toEqual(['fits'])
    sim.kubectl('delete pod fits --wait=false')
    sim.runFor('3m')
    expect(messages(sim, 'FailedMount', 'does-not').join()).toMatch(/no space left on device/)
  })

  test.each([
    { version: 'v1.18', phase: 'Running' },
    // Since 1.22 the tmpfs has the size of the Pod's memory limit.
    { version: 'v1.26', phase: 'Pending' },
    { version: 'v1.36', phase: 'Pending' },
  ] as const)('R2 a volume larger than the memory limit of its Pod: $phase ($version)', ({ version, phase }) => {
    const sim = simWith({ version })
    post(sim, big('s0', 900), big('s1', 900))
    sim.apply(projecting('p', ['s0', 's1'], { resources: { limits: { memory: '1Mi' } } }))
    sim.runFor('20s')
    expect(podIn(sim)?.status?.phase).toBe(phase)
    const full = eventsOf(sim).filter(({ message }) => message?.includes('no space left on device'))
    expect(full.length > 0).toBe(phase === 'Pending')
  })

  test('R2 during an update both generations are there: one that does not fit beside the old fails', () => {
    const sim = simWith({ version: 'v1.26' })
    post(sim, big('s', 700))
    const limits = { memory: '1Mi' }
    const container = { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }], resources: { limits } }
    const volumes = [{ name: 'v', secret: { secretName: 's' } }]
    sim.apply(simPod('p', container, { volumes, automountServiceAccountToken: false }))
    sim.runFor('15s')
    expect(sim.file({ pod: 'p' }, '/etc/v/a')).toBeDefined()
    sim.request({ user: 'admin', method: 'PUT', path: '/api/v1/namespaces/default/secrets/s', body: big('s', 701) })
    sim.runFor('92s')
    expect(messages(sim, 'FailedMount').join()).toMatch(/no space left on device/)
  })
})
