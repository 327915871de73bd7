import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** Which shell gets the signal of a container that is stopped: the one that its first process is, or has become. */

const scripts = {
  'start.sh': "#!/bin/sh\ntrap 'echo bye; exit 4' TERM\nwhile :; do sleep 1; done\n",
  'entry.sh': '#!/bin/sh\necho entry\nexec "$@"\n',
}
const waits = (code: number) => `trap "exit ${code}" TERM; while :; do sleep 1; done`

describe('a trap ends the container that is stopped', () => {
  test.each<[string, string[], number]>([
    ['a script of a Secret', ['/h/start.sh'], 4],
    ['the same by its shell', ['sh', '/h/start.sh'], 4],
    ['as the last command of another', ['sh', '-c', 'true; /h/start.sh'], 4],
    ['behind exec', ['sh', '-c', 'exec /h/start.sh'], 4],
    ['behind an entrypoint', ['/h/entry.sh', '/h/start.sh'], 4],
    ['a shell behind an entrypoint', ['/h/entry.sh', 'sh', '-c', waits(3)], 3],
    ['exec of a shell', ['sh', '-c', `exec sh -c '${waits(5)}'`], 5],
    ['env', ['env', 'A=1', 'sh', '-c', waits(6)], 6],
    ['nohup', ['nohup', 'sh', '-c', waits(7)], 7],
    ['who waits for a child', ['sh', '-c', "trap 'kill $p; wait $p; exit 8' TERM; sh /h/start.sh & p=$!; wait"], 8],
    ['a child that is not the last command gets none', ['sh', '-c', '/h/start.sh; true'], 137],
    ['what took the process has its own traps', ['sh', '-c', 'trap "exit 9" TERM; exec sleep 100'], 137],
  ])('%s', (_what, command, code) => {
    const sim = createSim({ version: 'v1.31', seed: 'traps' })
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'h' }, stringData: scripts })
    const volumeMounts = [{ name: 'h', mountPath: '/h' }]
    const spec = {
      terminationGracePeriodSeconds: 5,
      containers: [{ name: 'c', image: 'busybox', command, volumeMounts }],
      volumes: [{ name: 'h', secret: { secretName: 'h', defaultMode: 0o755 } }],
    }
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
    sim.runFor('10s')
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('10s')
    const ends = sim.journal.query({ type: 'container.exit' }).map(({ detail }) => detail)
    expect(ends).toEqual([expect.objectContaining({ exitCode: code })])
  })
})
