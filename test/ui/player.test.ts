import { describe, expect, test } from 'vitest'
import { bindingOf, keyBindings } from '../../src/ui/model/keys.ts'
import { keyOf, paneNames } from '../../src/ui/model/panes.ts'
import { firstState } from '../../src/ui/model/play-state.ts'
import { layoutFor } from '../../src/ui/views/layout.ts'
import { widthOf } from '../../src/ui/views/lines.ts'
import { playedOn, scenarioFrom, worldFrom } from './played.ts'

/** The player by its keys and its screen, without a terminal. */

const world = worldFrom(
  scenarioFrom(`title: a lesson
steps:
  - say: a Secret comes, and a Pod that mounts it
    apply: {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: "swordfish"}}
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /etc/v}]}]
        volumes: [{name: v, secret: {secretName: s}}]
  - wait: {pod: p, ready: true, within: 1m}
  - wait: 2m
  - say: and the Pod goes
    kubectl: delete pod p --wait=false
  - wait: 1m
`),
)
const { moments } = world.recording
const at = (columns = 80, rows = 24) => playedOn(world, { columns, rows })
const indexOf = (text: string) => moments.findIndex((moment) => moment.text.includes(text))

describe('time', () => {
  test('steps forwards and backwards through the same screens, and names what a step back undid', () => {
    const player = at().press('2')
    const seen = player.press('right', 'right', 'right').screen()
    player.press('right', 'right', 'left')
    expect(player.screen()).toContain(`undone: ${moments[4]?.text.split('\n')[0]}`)
    player.press('left', 'escape')
    expect(player.screen()).toBe(seen)
    expect(player.press('home', 'left').state().cursor.at).toBe(-1)
    expect(player.press('end').state().cursor.at).toBe(moments.length - 1)
    expect(player.press('right').screen()).toContain('nothing more happens')
  })

  test('shows the objects of the moment, not of the end', () => {
    const player = at().press('5')
    expect(player.screen()).not.toContain('Pod p')
    player
      .press('t')
      .type(String(indexOf('Running, ready') + 1))
      .press('enter')
    expect(player.screen()).toMatch(/✓ Pod p +Running, ready/)
    expect(player.press('end').screen()).not.toContain('Pod p ')
  })

  test('plays on virtual time with a clock that runs through quiet minutes, and pauses by itself at a sentence', () => {
    const player = at().press(' ')
    for (let i = 0; i < 5 && player.state().isPlaying; i++) player.tick(50)
    expect(moments[player.state().cursor.at]).toMatchObject({
      kind: 'say',
      text: 'a Secret comes, and a Pod that mounts it',
    })
    player.tick(60_000)
    expect(player.state()).toMatchObject({ isPlaying: false, cursor: { clock: 0 } })
    player.press('+', '+', ' ')
    const clocks = Array.from({ length: 40 }, () => {
      player.tick(50)
      return player.state().cursor.clock
    })
    expect(new Set(clocks).size).toBe(40)
    for (let i = 0; i < 1000 && player.state().isPlaying; i++) player.tick(500)
    expect(moments[player.state().cursor.at]).toMatchObject({ kind: 'say', text: 'and the Pod goes' })
    // The last sentence again: from right behind it.
    expect(player.press('right', 'right', 'r').state()).toMatchObject({
      isPlaying: true,
      cursor: { at: indexOf('and the Pod goes') },
    })
  })

  test('as fast as possible is a moment a tick', () => {
    const player = at().press('right', ...Array<string>(10).fill('+'), ' ')
    expect(player.state().speed).toBe(Number.POSITIVE_INFINITY)
    const before = player.state().cursor.at
    player.tick(50)
    player.tick(50)
    expect(player.state().cursor.at).toBe(before + 2)
  })

  test('jumps to a time, a record, a moment, a word and interesting moments', () => {
    const player = at()
    const jump = (text: string) => player.press('t', 'ctrl+u').type(text).press('enter').state().cursor
    expect(jump('1m30s')).toMatchObject({ clock: 90_000 })
    expect(jump('01:30.5')).toMatchObject({ clock: 90_500 })
    expect(jump('3')).toMatchObject({ at: 2 })
    const seq = moments[5]?.seq ?? 0
    expect(moments[jump(`#${seq}`).at]?.seq).toBe(seq)
    jump('soon')
    expect(player.screen()).toContain('"soon" is no time')
    player.press('home', '/').type('in volume v').press('enter', 'n')
    expect(player.state().cursor.at).toBe(indexOf('secret s in volume v'))
    player.press('n')
    expect(player.screen()).toContain('no later moment says "in volume v"')
    player.press('home', ']', ']')
    expect(moments[player.state().cursor.at]).toMatchObject({ tone: 'visible' })
  })
})

describe('doing', () => {
  test('kubectl at the cursor: who only looks makes no branch', () => {
    const player = at().press('t').type('1m').press('enter', ':').type('get pods').press('enter')
    expect(player.screen()).toMatch(/\$ kubectl get pods[\s\S]*p +1\/1 +Running/)
    expect(player.state()).toMatchObject({ worlds: [world], cursor: { clock: 60_000 } })
    // A moment before the Pod there is none.
    player.press('home', ':', 'up')
    expect(player.screen()).toContain(': get pods')
    expect(player.press('enter').screen()).toContain('No resources found')
  })

  test('what changes something is a branch with its first difference; later doings go on in it', () => {
    const player = at(140, 40).press('t').type('1m').press('enter', ':').type('delete secret s').press('enter')
    expect(player.state().worlds.map(({ name }) => name)).toEqual(['main', 'delete secret s'])
    expect(player.screen()).toMatch(/╰─ delete secret s +from main at 01:00.000/)
    expect(player.screen()).toMatch(/first differs 01:00.000: user\/admin object.deleted Secret default\/s/)
    player.press('t').type('70s').press('enter', ':').type('@alice get secrets').press('enter')
    expect(player.screen()).toContain('secrets is forbidden: User')
    player.press(':').type('delete pod p --wait=false').press('enter')
    expect(player.state().worlds).toHaveLength(2)
    expect(player.state().worlds[1]?.recipe.doings).toHaveLength(2)
    // The other branch is as it was, at the same time.
    player.press('{', '5')
    expect(player.screen()).toMatch(/Secret s +1 key/)
    expect(player.press('{').screen()).not.toMatch(/Secret s +1 key/)
  })

  test('accidents come from a menu of what there is, and a fork keeps them apart', () => {
    const player = at().press('t').type('1m').press('enter', 'f')
    expect(player.screen()).toContain('fork 1: nothing differs yet')
    player.press('i')
    expect(player.screen()).toContain('kubelet stop, node node-1')
    const menu = player.state().overlay
    const reboot = menu?.kind === 'menu' ? menu.items.findIndex(({ label }) => label === 'reboot node-1') : -1
    player.press(...Array<string>(reboot).fill('down'))
    expect(player.screen()).toContain('the machine goes down; tmpfs is lost')
    player.press('enter')
    expect(player.state().worlds).toHaveLength(2)
    expect(player.press('2').screen()).toContain('+ fault reboot node-1')
    expect(player.state().worlds[1]?.origin).toMatchObject({ parent: 0, difference: { time: 60_000 } })
  })

  test('knobs make a branch from the beginning, at the same time', () => {
    const player = at().press('t').type('1m').press('enter', 'o')
    player.press('down', 'down', 'enter')
    expect(player.state().worlds[1]).toMatchObject({ name: 'strategy Get', recipe: { knobs: { strategy: 'Get' } } })
    expect(player.state().cursor).toMatchObject({ world: 1, clock: 60_000 })
  })

  test('time goes on after the end', () => {
    const player = at().press('end', '>')
    expect(player.state().worlds[0]?.recording.result.endedAt).toBe(world.recording.result.endedAt + 300_000)
    player.press('t').type('5m').press('enter')
    expect(player.state().cursor.clock).toBe(300_000)
  })

  test('what was done and what is seen is saved as a scenario that passes', () => {
    const player = at()
    player.press('t').type('1m').press('enter', ':').type('delete secret s').press('enter', 'T')
    expect(player.screen()).toContain('save as lesson-delete-secret-s.yaml')
    player.press('enter')
    const text = player.saved.get('lesson-delete-secret-s.yaml') ?? ''
    const again = worldFrom(scenarioFrom(text, 'again.yaml')).recording.result
    expect(again.outcome).toBe('passed')
    expect(text).toContain('at: 1m\n    kubectl: delete secret s')
    expect(again.steps.at(-1)?.expectations.map(({ expected }) => expected)).toEqual(['pod p is Running and is ready'])
  })
})

describe('looking', () => {
  test('the selection stays with its object while others come and go', () => {
    const player = at().press('t').type('1m').press('enter', '5')
    while (!/▸. Secret s /.test(player.screen())) player.press('down')
    player.press('end')
    expect(player.screen()).toMatch(/▸. Secret s /)
    player.press('home', '6')
    expect(player.screen()).toContain('it is not there at this moment')
  })

  test('S2 values are masked until x, in YAML too; what is typed is answered as a cluster answers', () => {
    const player = at(140, 40).press('t').type('1m').press('enter', '5')
    while (!/▸. Secret s /.test(player.screen())) player.press('down')
    const coded = btoa('swordfish')
    expect(player.press('y').screen()).not.toContain(coded)
    expect(player.press('7').screen()).not.toContain(coded)
    expect(player.press('x').screen()).toContain(coded)
    expect(player.press('x', ':').type('get secret s -o yaml').press('enter').screen()).toContain(coded)
  })

  test('describe, logs, used by, why and the glossary are a key away; a key that is off says why', () => {
    const player = at(100, 40).press('t').type('1m').press('enter')
    expect(player.press('d').screen()).toContain('$ kubectl describe pod p')
    expect(player.press('u').screen()).toContain('secret s  volume v (secret)')
    player.press('home', '/').type('secret s in volume').press('enter', 'w')
    expect(player.screen()).toMatch(/why: .*secret s in volume v[\s\S]*so kubelet\/node-1/)
    expect(player.press('g').screen()).toContain('resourceVersion')
    player.press('5')
    while (!/▸. Node /.test(player.screen())) player.press('down')
    expect(player.press('l').screen()).toContain('l: it is for a Pod; a Node is selected')
  })

  test('the manifest marks the lines that matter', () => {
    const player = at(140, 60).press('t').type('1m').press('enter', '7')
    expect(player.screen()).toMatch(/▸ +- mountPath: \/etc\/v[^#]*# files: an update comes at a sync/)
    player.press(...Array<string>(30).fill('down'))
    expect(player.screen()).toMatch(/▸ +secretName: s +\n.*# the Secret that is followed/)
    // Scrolling stops at the end: one key goes back at once.
    const end = player.screen()
    expect(player.press('up').screen()).not.toBe(end)
  })
})

describe('the screen', () => {
  test.each([
    [60, 16],
    [80, 24],
    [100, 30],
    [140, 40],
    [200, 60],
    [40, 10],
  ])('fills %i x %i exactly: every pane, the help, a menu, a prompt, and after a resize', (columns, rows) => {
    const player = at(200, 60).press('t').type('1m').press('enter').resize(columns, rows)
    const check = (): void => {
      expect(player.lines()).toHaveLength(rows)
      for (const line of player.lines()) expect(widthOf(line), line).toBe(columns)
    }
    check()
    for (const pane of paneNames) {
      player.press(keyOf(pane))
      check()
    }
    for (const key of ['?', 'i', ':', 'g']) {
      player.press(key)
      check()
      player.press('escape')
    }
  })

  test('panes tile it at any size', () => {
    const state = { ...firstState(world), focus: 'branches' as const }
    for (let columns = 20; columns <= 220; columns += 7)
      for (let rows = 5; rows <= 70; rows += 3) {
        const layout = layoutFor(columns, rows, state)
        expect(layout.columns.reduce((sum, column) => sum + column.columns, 0)).toBe(columns)
        for (const { panes } of layout.columns)
          expect(panes.reduce((sum, pane) => sum + pane.rows, layout.sentence)).toBe(rows - 2)
      }
  })

  test('a long output is read in full by scrolling', () => {
    const player = at(60, 16).press(':').type('get nodes -o yaml').press('enter')
    const wanted = new Set(['kubeletVersion', 'resourceVersion'])
    for (let i = 0; i < 300 && wanted.size > 0; i++) {
      for (const line of player.lines()) wanted.delete(/^\s*(\w+)/.exec(line)?.[1] ?? '')
      player.press('down')
    }
    expect([...wanted]).toEqual([])
  })

  test('every key does something, none is bound twice in a context, and the help tells all', () => {
    const keys = keyBindings.flatMap(({ context, keys: bound }) => bound.map((key) => `${context} ${key}`))
    expect(new Set(keys).size).toBe(keys.length)
    const player = at(100, 24)
    const help = new Set<string>()
    player.press('?')
    for (let i = 0; i < 120; i++) {
      for (const line of player.lines()) help.add(line)
      player.press('down')
    }
    const told = [...help].join('\n')
    for (const { context, does } of keyBindings.filter(({ context }) => context === 'play'))
      expect(told, context).toContain(does.slice(0, 40))
    expect(player.press('q').state()).toMatchObject({ overlay: undefined, isOver: false })
    expect(bindingOf('no such key', player.state())).toBeUndefined()
    expect(player.press('q').state().isOver).toBe(true)
  })

  test('pasted text goes into the line that is typed, and nowhere else', () => {
    const player = at()
    player.paste('q')
    expect(player.state().isOver).toBe(false)
    player.press(':')
    player.paste('echo one\necho two\u001b[31m\n')
    expect(player.screen()).toContain(': echo one¶echo two[31m¶')
    player.press('backspace', ...Array<string>(4).fill('backspace'), 'enter')
    expect(player.screen()).toMatch(/one\s+two/)
  })
})
