import { describe, expect, test } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { play } from '../../src/cli/play.ts'
import { sandboxText } from '../../src/ui/sandbox.ts'
import { playedOn, scenarioFrom, worldFrom } from './played.ts'

/** What a learner does with the player: predicts, sees, maps, and begins with nothing. */

describe('predicting', () => {
  const rotated = worldFrom(
    scenarioFrom(`title: a rotation
steps:
  - apply: {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: "swordfish"}}
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers:
        - name: c
          image: nginx
          env: [{name: KEY, valueFrom: {secretKeyRef: {name: s, key: key}}}]
          volumeMounts: [{name: v, mountPath: /etc/v}, {name: v, mountPath: /etc/one, subPath: key}]
        volumes: [{name: v, secret: {secretName: s}}]
  - wait: {pod: p, ready: true, within: 1m}
  - wait: 2m
  - kubectl: "patch secret s -p '{\\"stringData\\":{\\"key\\":\\"other\\"}}'"
  - wait: 2m
`),
  )

  test('U3, U4 the run knows the answers, and nothing on the screen tells them before', () => {
    for (const [columns, rows] of [
      [80, 24],
      [140, 40],
    ] as const) {
      const player = playedOn(rotated, { columns, rows })
      player.press('end').press('t').type('2m10s').press('enter', 'p')
      expect(player.screen()).toMatch(/When will the file in \/etc\/v[\s\S]*be B\?/)
      expect(player.screen()).not.toMatch(/never|waits|sync is due|bound to|fixed/)
      player.press('2', '1')
      expect(player.screen()).toContain('✓ 2  in a sync of the Pod')
      expect(player.screen()).toContain('1 of 1 right')
      player.press('enter')
      expect(player.screen()).toMatch(/\/etc\/v +A─+●B/)
      player.press('t').type('2m10s').press('enter', 'p')
      expect(player.screen()).toMatch(/the file in[^?]*\/etc\/one/)
      player.press('1')
      expect(player.screen()).toMatch(/✗ 1 [\s\S]*✓ 4 {2}only in a new Pod[\s\S]*1 of 2 right|1 of 2 right[\s\S]*✗ 1/)
      player.press('enter', 'p', '3', 'escape', 'p')
      expect(player.state().score).toMatchObject({ right: 2 })
      expect(player.screen()).toContain('nothing to predict here')
    }
  })

  test('U1, U3, U4 lanes, where and delays tell one story', () => {
    const player = playedOn(rotated, { columns: 140, rows: 40 })
    player.press('t').type('4m').press('enter')
    const [row] = rotated.recording.flows.of({ secret: 's', key: 'key' }).delays.filter(({ way }) => way === 'volume')
    const took = ((row?.visibleAt ?? 0) - (row?.updatedAt ?? 0)) / 1000
    expect(player.screen()).toMatch(new RegExp(`/etc/v +A─.*●B━.*${took.toFixed(1)} s`))
    expect(player.screen()).toMatch(/env KEY +A═.*never/)
    expect(player.screen()).toContain(`${took.toFixed(1)} s = cache 0.0 + sync`)
    expect(player.screen()).toContain(`● /etc/v  pod p  B  ${took.toFixed(1)} s after it was written`)
    // Within an instant the lanes are where the cursor is.
    const write = rotated.recording.moments.findIndex(({ text }) => text.startsWith('updates secret'))
    player.press('t').type(String(write)).press('enter')
    expect(player.screen()).not.toContain('revision B')
    expect(player.press('right').screen()).toContain('where is revision B now?')
  })

  test('the map says who uses which Secret, at the moment', () => {
    const player = playedOn(rotated, { columns: 100, rows: 30 }).press('end', 'M')
    expect(player.screen()).toMatch(/default\/s +key[\s\S]*default\/p[\s\S]*\/etc\/v/)
    expect(player.press('home').screen()).toContain('no Secret, and nobody asks for one')
  })
})

describe('the sandbox', () => {
  test('what is typed is all that happens, with the examples of the page at hand', () => {
    const player = playedOn(scenarioFrom(sandboxText, 'sandbox.yaml'), { columns: 100, rows: 30 }).press('right')
    expect(player.screen()).toContain('Two nodes, and nothing in the cluster yet')
    for (const line of [
      'apply -f secret.yaml',
      'apply -f mixed-pod.yaml',
      'apply -f pod.yaml',
      'apply -f env-pod.yaml',
    ])
      player.press(':').type(line).press('enter')
    expect(player.state().worlds).toHaveLength(2)
    player.press('t').type('1m').press('enter', ':').type('get pods').press('enter')
    expect(player.screen()).toMatch(
      /mixed +1\/1 +Running[\s\S]*mypod +1\/1 +Running[\s\S]*secret-env-pod +1\/1 +Running/,
    )
    player.press(':').type('patch secret mysecret -p \'{"stringData":{"password":"other"}}\'').press('enter')
    player.press('t').type('4m').press('enter', '1')
    expect(player.screen()).toMatch(/\/etc\/whole +A─+●B━.* s/)
  })
})

describe('the command', () => {
  test('without a terminal and without a file there is nothing to play, and it says so', async () => {
    let told = ''
    const output: Output = {
      ...{ isColoured: false, out: () => {}, progress: () => {} },
      err: (text) => {
        told += String(text)
      },
    }
    expect(await play(undefined, { ui: 'plain' }, output)).toBe(2)
    expect(told).toContain('name a scenario file')
  })
})
