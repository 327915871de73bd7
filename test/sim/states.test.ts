import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: '1' } }
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/s' }] }],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
  },
}

test('L2, L3 states() tells each step of the machines of a Pod, as it is taken; inspect() where they stand', () => {
  const sim = createSim({ seed: 'states' })
  const steps: string[] = []
  sim.states().subscribe(({ machine, name, event, state }) => {
    if (name === 'v' || name === 'c' || name === 'nginx') steps.push(`${machine} ${event} ${state}`)
  })
  sim.apply(pod)
  sim.runFor('5s')
  // The Secret is not there yet.
  expect(steps.slice(0, 3)).toEqual([
    'volume attached attached',
    'volume mount.started mounting',
    'volume mount.failed mountBackOff',
  ])
  expect(sim.inspect({ kind: 'Pod', namespace: 'default', name: 'p' })).toContainEqual({
    machine: 'container',
    name: 'c',
    state: 'ContainerCreating',
  })
  expect(sim.inspect('node/node-1')).toEqual([{ machine: 'kubelet', name: 'node-1', state: 'running' }])
  sim.apply(secret)
  sim.runFor('30s')
  const mounted = steps.indexOf('volume mount.succeeded mounted')
  expect(steps.slice(mounted, mounted + 5)).toEqual([
    'volume mount.succeeded mounted',
    'imagePull pull.queued queued',
    'imagePull pull.begun pulling',
    'imagePull pull.succeeded present',
    'container started running',
  ])
  expect(
    sim.inspect({ kind: 'Pod', namespace: 'default', name: 'p' }).map(({ machine, state }) => `${machine} ${state}`),
    // The second volume is that of the account's token.
  ).toEqual(['podWorker idle', 'volume mounted', 'volume mounted', 'container running'])
})
