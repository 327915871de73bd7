import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import * as podsim from '../../src/testing/assert.ts'

const manifests = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'old' } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app' },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'nginx',
          env: [{ name: 'LEVEL', value: 'debug' }],
          volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
        },
      ],
      volumes: [{ name: 'db', secret: { secretName: 'db' } }],
    },
  },
]

describe('podsim/assert', () => {
  const sim = createSim({ seed: 'assert', nodes: 2 })
  sim.apply(manifests)
  sim.runFor('1m')
  const node = sim.get('Pod', 'app')?.spec.nodeName ?? ''
  const other = node === 'node-1' ? 'node-2' : 'node-1'

  test('what holds is said by nothing being thrown', () => {
    podsim.assertPod(sim, 'app', { phase: 'Running', ready: true })
    podsim.assertRunning(sim, 'app')
    podsim.assertReady(sim, 'app')
    podsim.assertFile(sim, 'app', '/etc/db/password', 'old')
    podsim.assertEnv(sim, 'app', 'LEVEL', 'debug')
    podsim.assertEvent(sim, { reason: 'Started', on: 'pod/app' })
    podsim.assertHoldsSecret(sim, node, 'db')
    podsim.assertHoldsNoSecret(sim, other, 'db')
    podsim.assertTimeline(sim, podsim.timeline(sim))
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'new' } })
    podsim.assertSeesSecretWithin(sim, 'app', 'db', '92s')
  })

  test('S2 what does not is an AssertionError with both sides, no value of a Secret in it', () => {
    const rows: readonly (readonly [() => void, string])[] = [
      [() => podsim.assertWaiting(sim, 'app'), 'expected pod app to be waiting'],
      [() => podsim.assertPod(sim, 'app', { phase: 'Failed' }), 'expected pod app to be {"phase":"Failed"}'],
      [() => podsim.assertFile(sim, 'app', '/etc/db/password', 'wrong'), 'expected /etc/db/password in pod app to say'],
      [() => podsim.assertEnv(sim, 'app', 'LEVEL', 'info'), 'expected LEVEL of pod app to be "info"'],
      [() => podsim.assertEvent(sim, { reason: 'Killing' }), 'expected an event Killing'],
      [() => podsim.assertHoldsSecret(sim, other, 'db'), `expected ${other} to hold secret db`],
      [() => podsim.assertHoldsNoSecret(sim, node, 'db'), `expected ${node} not to hold secret db`],
      [() => podsim.assertSeesSecretWithin(sim, 'app', 'db', '1ms'), 'expected pod app to see secret db within 0.001s'],
    ]
    for (const [failing, message] of rows) {
      expect(failing).toThrow(AssertionError)
      expect(failing).toThrow(message)
      expect(failing).toThrow(/seed assert, digest [0-9a-f]{16}/)
    }
    try {
      podsim.assertFile(sim, 'app', '/etc/db/password', 'old')
    } catch (error) {
      expect(error).toMatchObject({ operator: 'assertFile', expected: expect.stringMatching(/^<3 bytes, /) })
      expect(String(error)).not.toMatch(/"new"|"old"/)
    }
  })
})
