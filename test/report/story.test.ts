import { expect, test } from 'vitest'
import { createSim, forever, resources } from '../../src/index.ts'
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
function story(then?: string): readonly StoryLine[] {
  // One in which the authorizer knows the Pod at once.
  const sim = createSim({ seed: 'a story' })
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
  if (then !== undefined) {
    sim.kubectl(then)
    sim.runFor('91s')
  }
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

test('U3 what a new Pod starts with is told with its age, an update with its delay, and how the node heard of it', () => {
  const told = story('patch secret mysecret -p \'{"stringData":{"password":"another"}}\'')
  const seen = told.filter(({ tone }) => tone === 'visible').map(({ text }) => text)
  expect(seen).toEqual([
    expect.stringMatching(/^pod default\/mypod has secret mysecret in volume foo, written \d+(\.\d+)?s before$/),
    expect.stringMatching(/^pod default\/mypod sees secret mysecret in volume foo, [\dms.]+ after it was written$/),
  ])
  const heard = told.filter(({ text }) => text.includes('watch')).map(({ actor, text }) => `${actor} ${text}`)
  expect(heard).toEqual(['kubelet/node-1 hears from its watch: secret default/mysecret has changed'])
})

test('code of one’s own is told under its name: what it says, what it does, how it ends', () => {
  const sim = createSim({ seed: 'own' })
  const tell = createTeller()
  const lines: string[] = []
  sim.journal.records$.subscribe((record) => {
    const line = tell(record)
    if (line !== undefined && line.tone !== 'chatter') lines.push(`${line.actor}: ${line.text}`)
  })
  sim.admission({
    name: 'own.example.com',
    on: resources.configMaps,
    mutate: (object) => ({ ...object, data: { by: 'hook' } }),
    validate: ({ metadata }) => (metadata.name === 'bad' ? 'no' : true),
  })
  const controller = sim.controller('own', function* ({ log }) {
    log('I am here')
    yield* forever()
  })
  sim.kubectl('create configmap good')
  sim.kubectl('create configmap bad')
  controller.crash()
  expect(lines).toEqual([
    'controller/own: starts',
    'controller/own: says: I am here',
    'webhook/own.example.com: changes configmap default/good on its way into the store',
    'user/admin: creates configmap default/good',
    'webhook/own.example.com: changes configmap default/bad on its way into the store',
    'webhook/own.example.com: refuses configmap default/bad: admission webhook "own.example.com" denied the request: no',
    'controller/own: crashes',
  ])
})
