import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { createTeller, type StoryLine } from '../../src/report/story.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'mypod' },
  spec: {
    containers: [{ name: 'main', image: 'redis', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
    volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
  },
}

/** What a reader is told of a Pod that waits ten seconds for its Secret, chatter left out. */
function story(): readonly StoryLine[] {
  const sim = createSim({ seed: 'story' })
  const tell = createTeller()
  const lines: StoryLine[] = []
  sim.journal.records$.subscribe((record) => {
    const line = tell(record)
    if (line !== undefined && line.tone !== 'chatter') lines.push(line)
  })
  sim.apply(pod)
  sim.runFor('10s')
  sim.kubectl('create secret generic mysecret --from-literal=password=1f2d1e2e67df')
  sim.runFor('1m')
  return lines
}

test('the story names who does what, and says a repeated event in full once', () => {
  const told = story().map(({ actor, text }) => `${actor}: ${text}`)
  expect(told.slice(0, 2)).toEqual([
    'user/admin: creates pod default/mypod',
    'scheduler: assigns pod default/mypod to node-1',
  ])
  const failures = told.filter((line) => line.includes('FailedMount'))
  expect(failures[0]).toBe(
    'kubelet/node-1: Warning FailedMount pod/mypod: MountVolume.SetUp failed for volume "foo" : secret "mysecret" not found',
  )
  expect(failures[1]).toBe('kubelet/node-1: Warning FailedMount pod/mypod again (x2)')
})

test('no fact is told twice, and nothing of the account token', () => {
  const told = story().map(({ text }) => text)
  expect(told.filter((text) => text.includes('default-token'))).toEqual([])
  expect(told.filter((text) => text.includes('tarted container'))).toEqual([
    'Started pod/mypod: Started container main',
  ])
  expect(new Set(told).size).toBe(told.length)
})

test("the story tells sizes of a Secret's values, and never the values", () => {
  const told = story().map(({ text }) => text)
  expect(told).toContain('creates secret default/mysecret with password (12 bytes)')
  expect(told.filter((text) => /1f2d1e2e67df|MWYyZDFl/.test(text))).toEqual([])
})

test('the moment at which a container sees a Secret is told with its age', () => {
  const seen = story().filter(({ tone }) => tone === 'visible')
  expect(seen.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^pod default\/mypod sees secret mysecret in volume foo, \d+(\.\d+)?s after it was written$/),
  ])
})
