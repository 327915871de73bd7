import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../../src/index.ts'

/** What an application sees that watches its mounted Secret, as busybox's inotifyd tells it. */

const secret = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: data,
})

function watching(args: readonly string[], seed = 'inotify'): Sim {
  const sim = createSim({ seed, nodes: 1, version: 'v1.26' })
  const volume = { name: 'db', secret: { secretName: 'db' } }
  const container = { name: 'c', image: 'busybox', command: args, volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }
  sim.apply(secret({ password: 'one' }), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [container], volumes: [volume] },
  })
  sim.runUntil(() => sim.logs({ pod: 'p' }) !== undefined, { within: '1m' })
  sim.runFor('10s')
  return sim
}

/** The log with each time-stamped directory as `..T`. */
const told = (sim: Sim): readonly string[] =>
  (sim.logs({ pod: 'p' }) ?? '')
    .replace(/\.\.\d{4}_[\d_.]+/g, '..T')
    .split('\n')
    .filter((line) => line !== '')

describe('U1 inotify on a mounted Secret', () => {
  test('tells of the swap of ..data in the order of the atomic writer, and of no file that readers open', () => {
    const sim = watching(['inotifyd', '-', '/etc/db:nymd'])
    sim.apply(secret({ password: 'two' }))
    sim.runFor('3m')
    expect(told(sim)).toEqual([
      'n\t/etc/db\t..T',
      'n\t/etc/db\t..data_tmp',
      'm\t/etc/db\t..data_tmp',
      'y\t/etc/db\t..data',
      'd\t/etc/db\t..T',
    ])
    // Each event once: another update is told by the same five.
    sim.apply(secret({ password: 'three' }))
    sim.runFor('3m')
    expect(told(sim)).toHaveLength(10)
  })

  test('a key that comes is a link that is made after the swap', () => {
    const sim = watching(['inotifyd', '-', '/etc/db:yn'])
    sim.apply(secret({ password: 'one', user: 'admin' }))
    sim.runFor('3m')
    expect(told(sim)).toEqual(['n\t/etc/db\t..T', 'n\t/etc/db\t..data_tmp', 'y\t/etc/db\t..data', 'n\t/etc/db\tuser'])
  })

  test('a watch on the file itself follows what the link led to: it is gone after the first update, and the program ends', () => {
    const sim = watching(['sh', '-c', 'inotifyd - /etc/db/password; echo ended $?; sleep 1d'])
    sim.apply(secret({ password: 'two' }))
    sim.runFor('3m')
    expect(told(sim)).toEqual(['e\t/etc/db/password', 'D\t/etc/db/password', 'x\t/etc/db/password', 'ended 0'])
  })

  test('runs a program at each event, which sees the new content once ..data is there', () => {
    const agent = '#!/bin/sh\\necho $1 $3 $(cat /etc/db/password)\\n'
    const script = `printf '${agent}' > /tmp/agent; chmod +x /tmp/agent; inotifyd /tmp/agent /etc/db:y`
    const sim = watching(['sh', '-c', script])
    sim.apply(secret({ password: 'two' }))
    sim.runFor('3m')
    expect(told(sim)).toEqual(['y ..data two'])
  })

  test('what is not there cannot be watched, and without a file there is nothing to do', () => {
    const sim = watching(['sh', '-c', 'inotifyd - /etc/none; echo $?; inotifyd -; echo $?; sleep 1d'])
    expect(told(sim)).toEqual([
      'inotifyd: add watch (/etc/none) failed: No such file or directory',
      '1',
      'Usage: inotifyd PROG FILE1[:MASK]...',
      '1',
    ])
  })

  test('L5 whoever watches changes nothing: an update comes when it would have come', () => {
    const visible = (command: readonly string[]): string => {
      const sim = watching(command)
      sim.apply(secret({ password: 'two' }))
      sim.runUntil(() => sim.file({ pod: 'p' }, '/etc/db/password')?.content === 'two', { within: '5m' })
      return String(sim.now())
    }
    expect(visible(['inotifyd', '-', '/etc/db'])).toBe(visible(['sleep', '1d']))
  })
})
