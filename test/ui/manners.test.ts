import { describe, expect, test } from 'vitest'
import { frameOf } from '../../src/ui/views/frame.ts'
import { painted } from '../../src/ui/views/lines.ts'
import { playedOn, scenarioFrom, worldFrom } from './played.ts'

/** What a screen owes to whoever looks at it: nothing is cut off for good, nothing is told by colour alone, nobody is taken for another. */

const words = (of: string, count: number) => Array.from({ length: count }, (_, i) => `${of}${i}`).join(' ')
const long = {
  title: words('title', 24),
  say: words('say', 120),
  secret: `credentials-${'x'.repeat(70)}`,
  pod: `deployment-${'y'.repeat(70)}`,
  mount: `/etc/${'z'.repeat(80)}`,
  variable: 'E'.repeat(90),
}
const wordy = worldFrom(
  scenarioFrom(`title: ${long.title}
steps:
  - say: ${long.say}
    apply: {apiVersion: v1, kind: Secret, metadata: {name: ${long.secret}}, stringData: {key: swordfish}}
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: {name: ${long.pod}}
      spec:
        containers:
        - name: c
          image: nginx
          volumeMounts: [{name: v, mountPath: ${long.mount}}]
          env: [{name: ${long.variable}, valueFrom: {secretKeyRef: {name: ${long.secret}, key: key}}}]
        volumes: [{name: v, secret: {secretName: ${long.secret}}}]
  - wait: 2m
  - kubectl: "patch secret ${long.secret} -p '{\\"stringData\\":{\\"key\\":\\"other\\"}}'"
  - wait: 3m
`),
)

describe.each([
  [60, 16],
  [80, 24],
])('at %i x %i nothing is cut off for good', (columns, rows) => {
  /** All that a pane shows from its first line to its last, without the breaks of its lines. */
  const read = (...keys: readonly string[]) => {
    const player = playedOn(wordy, { columns, rows }).press('end', ...keys)
    // Some begin in the middle, at what matters.
    if (keys.length === 1) player.press(...Array<string>(20).fill('ctrl+u'))
    const seen: string[] = []
    for (let before = '', shown = player.screen(); before !== shown; shown = player.press('ctrl+d').screen()) {
      before = shown
      // The pane that is looked at stands first; below it stands what happened.
      seen.push(shown.split('\n').slice(2).join('\n').split('── what happened')[0] ?? '')
    }
    return seen.map((each) => each.replace(/[\s│▸]+/g, '')).join('\n')
  }
  const whole = (text: string) => text.replace(/ /g, '')

  test('a title, in the help', () => expect(read('?')).toContain(whole(long.title)))

  test('a sentence that is longer than its pane, by scrolling', () => {
    const told = read('home', ']', '2')
    for (const word of long.say.split(' ')) expect(told).toContain(word)
  })

  test('names of Pods, mounts and variables, where it is told what became of a change', () => {
    const [places, delays] = [read('3'), read('4')]
    expect(places).toContain(`${long.mount}pod${long.pod}B`)
    expect(places).toContain(`env${long.variable}pod${long.pod}A`)
    expect(delays).toContain(`${long.pod}${long.mount}`)
    expect(delays).toContain(`${long.pod}${long.variable}`)
  })

  test('an object and its manifest', () => {
    for (const pane of ['6', '7']) {
      const told = read(pane)
      for (const text of [long.pod, long.mount, long.variable, long.secret]) expect(told).toContain(text)
    }
  })

  test('every line of the help', () => {
    const player = playedOn(wordy, { columns, rows }).press('?')
    for (let before = '', shown = player.screen(); before !== shown; shown = player.press('ctrl+d').screen()) {
      before = shown
      expect(shown.split('▶ keys')[1]).not.toContain('…')
    }
  })
})

describe('colour', () => {
  const player = playedOn(wordy, { columns: 140, rows: 40 })
  const drawn = (isColoured: boolean) => {
    const { header, panes, footer } = frameOf(player.state(), player.look(), { columns: 140, rows: 40, isColoured })
    return [header, ...panes.flat(2), footer].join('\n')
  }

  test('is never alone: without it every screen says the same', () => {
    for (let i = 0; i < 30; i++) {
      player.press('right')
      expect(drawn(true).replace(/\u001b\[[0-9;]*m/g, '')).toBe(drawn(false).replace(/\u001b\[[0-9;]*m/g, ''))
    }
  })

  test('is of the palette that the terminal has, light or dark: no background is set, and no shade of our own', () => {
    const codes = new Set([...drawn(true).matchAll(/\u001b\[([0-9;]*)m/g)].flatMap(([, code = '']) => code.split(';')))
    expect(codes.size).toBeGreaterThan(3)
    expect([...codes].filter((code) => !/^(?:0?|[1-7]|2[1-9]|3[1-6]|39|9[0-6])$/.test(code))).toEqual([])
    expect(painted([{ text: 'x', look: 'new' }], 3, false)).not.toMatch(/\u001b\[(?:\d+;)*3/)
  })
})

test('an object of the same name is another one: who was chosen is gone', () => {
  const player = playedOn(
    scenarioFrom(`title: twice
steps:
  - kubectl: create secret generic s --from-literal=key=one
  - after: 1m
    kubectl: delete secret s
  - after: 1m
    kubectl: create secret generic s --from-literal=key=two
  - wait: 1m
`),
    { columns: 80, rows: 24 },
  )
  player.press('t').type('30s').press('enter', '5')
  // Chosen by hand: until then the selection goes with what happens.
  player.press('down')
  while (!/▸. Secret s /.test(player.screen())) player.press('up')
  expect(player.press('6').screen()).not.toContain('it is not there')
  player.press('t').type('2m30s').press('enter')
  expect(player.screen()).toContain('it is not there at this moment')
  player.press('5')
  expect(player.screen()).toMatch(/ Secret s /)
  expect(player.screen()).not.toMatch(/▸. Secret s /)
})

test('objects of other namespaces are told with theirs, and doings with who did them', () => {
  const player = playedOn(
    scenarioFrom(`title: two of a name
steps:
  - run: |
      kubectl create namespace shop
      kubectl create secret generic s --from-literal=key=one
      kubectl create secret generic s -n shop --from-literal=key=two
  - kubectl: get secret s
    as: mallory
    output: { exitCode: 1 }
`),
    { columns: 80, rows: 24 },
  ).press('end')
  expect(player.screen()).toContain('$ (as mallory) kubectl get secret s')
  expect(player.press('5').screen()).toMatch(/Secret shop\/s|shop\/s|s +.*shop/)
  player.press('2', 'home', '/').type('shop/s').press('enter')
  expect(player.screen()).toContain('admin: creates secret shop/s')
})
