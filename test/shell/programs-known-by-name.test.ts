import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Whether each command, as the command of a container of an image of which nothing is known, still runs after a minute. */
function running(commands: readonly (readonly string[])[], script = ''): readonly boolean[] {
  const sim = createSim({ seed: 'by-name' })
  const volumeMounts = [{ name: 'h', mountPath: '/h' }]
  const containers = commands.map((command, i) => ({
    name: `c${i}`,
    image: 'tide:3',
    command: [...command],
    volumeMounts,
  }))
  sim.apply([
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'h' }, stringData: { 'start.sh': script } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'by-name' },
      spec: { containers, volumes: [{ name: 'h', secret: { secretName: 'h', defaultMode: 0o755 } }] },
    },
  ])
  sim.runFor('1m')
  const statuses = sim.get('Pod', 'by-name')?.status?.containerStatuses ?? []
  return statuses.map(({ restartCount, state }) => restartCount === 0 && state?.running !== undefined)
}

test('what a container runs and podsim knows by name only runs on, as what it does not know at all', () => {
  const commands = [
    ['python', '-m', 'http.server'],
    ['python3', 'app.py'],
    ['/usr/bin/node', 'server.js'],
    ['npm', 'start'],
    ['perl', 'x.pl'],
    ['ruby', 'x.rb'],
    ['sh', '-c', 'exec python app.py'],
  ]
  expect(running(commands)).toEqual(commands.map(() => true))
})

test('so does a script of a volume that ends in such a program, and no other', () => {
  expect(running([['/h/start.sh']], '#!/bin/sh\nexec python app.py\n')).toEqual([true])
  expect(running([['/h/start.sh']], '#!/bin/sh\necho done\n')).toEqual([false])
})
