import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** A Pod whose Secret is no text, and whose program prints it. */
function printing(version: 'v1.18' | 'v1.26' | 'v1.36') {
  const sim = createSim({ version, seed: 'bytes' })
  const bytes = [0xff, 0x00, 0xc3, 0x28, 0x80, 0x41]
  const data = { raw: Buffer.from(bytes).toString('base64') }
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'raw' }, data })
  const container = {
    name: 'c',
    image: 'busybox',
    command: ['sh', '-c', 'echo ü; cat /s/raw; sleep 9999'],
    volumeMounts: [{ name: 's', mountPath: '/s' }],
  }
  const volumes = [{ name: 's', secret: { secretName: 'raw' } }]
  const spec = { terminationGracePeriodSeconds: 1, containers: [container], volumes }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  sim.runFor('20s')
  return { sim, bytes }
}

test('C8 V1 what a command in a container writes is there byte for byte beside its text, as files are', () => {
  const { sim, bytes } = printing('v1.36')
  const read = sim.exec({ pod: 'p' }, ['cat', '/s/raw'])
  expect([...read.bytes.stdout]).toEqual(bytes)
  expect(read.bytes.stdout).toEqual(sim.file({ pod: 'p' }, '/s/raw')?.bytes)
  expect(read.stdout).toBe('\uFFFD\0\uFFFD(\uFFFDA')
  expect([...sim.exec({ pod: 'p' }, ['sh', '-c', 'cat /s/raw >&2; exit 3']).bytes.stderr]).toEqual(bytes)
  expect(sim.exec({ pod: 'nobody' }, ['true'])).toMatchObject({ exitCode: 1, bytes: { stdout: new Uint8Array() } })
  // A caller that writes into them changes nothing.
  read.bytes.stdout.fill(0)
  expect([...sim.exec({ pod: 'p' }, ['cat', '/s/raw']).bytes.stdout]).toEqual(bytes)
})

// moby daemon/logger/jsonfilelog/jsonlog, WriteJsonBytesAsString: docker's log is JSON.
test.each(['v1.18', 'v1.26', 'v1.36'] as const)(
  'C8 a log of %s has the bytes that were written, docker its texts',
  (version) => {
    const { sim, bytes } = printing(version)
    expect([...sim.logBytes({ pod: 'p' })]).toEqual([...Buffer.from('ü\n')])
    expect(sim.logBytes({ pod: 'nobody' })).toEqual(new Uint8Array())
    const whole = createSim({ version, seed: 'whole' })
    const spec = {
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', "printf '\\377\\0\\303(\\200A\\n'; sleep 9"] }],
    }
    whole.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' }, spec })
    whole.runFor('5s')
    const told = version === 'v1.18' ? [...Buffer.from('\uFFFD\0\uFFFD(\uFFFDA\n')] : [...bytes, 0x0a]
    expect([...whole.logBytes({ pod: 'q' })]).toEqual(told)
    expect(whole.logs({ pod: 'q' })).toBe('\uFFFD\0\uFFFD(\uFFFDA\n')
  },
)
