import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Sources: pkg/util/node/node.go, NoMatchError; recorded kubectl-session-newer.json of v1.36, 89 and 90. */
test('Pods of a node that only the API knows show no logs', () => {
  const sim = createSim({ seed: 'ghost', nodes: 1 })
  const run = (node: string) => {
    sim.shell(`kubectl run ${node} --image=nginx --restart=Never --overrides='{"spec":{"nodeName":"${node}"}}'`)
    return [sim.kubectl(`logs ${node}`).stderr, sim.kubectl(`exec ${node} -- ls`).stderr]
  }
  sim.shell(`kubectl create -f - <<'END'\napiVersion: v1\nkind: Node\nmetadata: { name: ghost }\nEND\n`)
  expect(run('ghost')).toEqual([
    'Error from server: no preferred addresses found; known addresses: []\n',
    'error: unable to upgrade connection: no preferred addresses found; known addresses: []\n',
  ])
  expect(run('nobody')[0]).toBe('Error from server (NotFound): nodes "nobody" not found\n')
})
