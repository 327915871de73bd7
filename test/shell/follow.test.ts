import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What `tail` shows of a file of a Secret that is replaced: by -f the file that it opened, by -F what lies at the path. */
test.each([
  ['busybox', 'tail -f /v/k', 'one\n'],
  ['busybox', 'tail -F /v/k', 'one\nanother\n'],
  ['busybox', 'echo a > /tmp/l; (sleep 5; echo b >> /tmp/l) & tail -f /tmp/l', 'a\nb\n'],
  ['nginx', 'tail -f /v/k', 'one\n'],
  ['nginx', 'tail -F /v/k', "one\ntail: '/v/k' has been replaced;  following new file\nanother\n"],
])('U1 %s: %s', (image, script, shown) => {
  const sim = createSim({ version: 'v1.31', seed: 'follow' })
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { k: 'one\n' } })
  const command = [image === 'nginx' ? 'bash' : 'sh', '-c', script]
  const containers = [{ name: 'c', image, command, volumeMounts: [{ name: 'v', mountPath: '/v' }] }]
  const spec = { containers, volumes: [{ name: 'v', secret: { secretName: 's' } }] }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  sim.runFor('30s')
  sim.kubectl(['patch', 'secret', 's', '-p', '{"stringData":{"k":"another\\n"}}'])
  sim.runFor('3m')
  expect(sim.logs({ pod: 'p' })).toBe(shown)
})
