import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { createHeadlessPlayer } from '../../src/ui/headless-player.ts'
import { opening } from '../../src/ui/model/opening.ts'
import type { PlayerHost } from '../../src/ui/model/player.ts'
import type { Recipe } from '../../src/ui/world/recipe.ts'
import { type Ran, ranWorld } from '../../src/ui/world/run-world.ts'
import { scenarioFrom } from './played.ts'

/** The player is there before its scenario has run: one reads what it is about meanwhile. */

const lesson = `title: A rotation
description: A Secret changes while nobody uses it.
lesson: { watch: the letter B., next: press w. }
seed: a
steps:
  - apply: {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: "swordfish"}}
  - after: 1m
    say: It changes.
    kubectl: "patch secret s -p '{\\"stringData\\":{\\"key\\":\\"marlin\\"}}'"
`

function opened(text: string, run: (recipe: Recipe) => Ran = (recipe) => ranWorld(recipe, { createSim })) {
  const waiting: (() => void)[] = []
  let stopped = 0
  const host: PlayerHost = {
    run(recipe, { progress, done }) {
      progress(61_000)
      waiting.push(() => done(run(recipe)))
      return () => {
        stopped++
      }
    },
    save: () => {},
  }
  const player = createHeadlessPlayer(opening(scenarioFrom(text)), { columns: 80, rows: 24 }, host)
  /** The host runs what is wished for by now, and what is wished for then. */
  const runAll = () => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) work()
  }
  return { player, run: runAll, stopped: () => stopped, isRunning: () => waiting.length > 0 }
}

describe('opening a scenario', () => {
  test('the first picture needs no run: it says what the scenario is about, and then how far the run is', () => {
    const { player, run, isRunning } = opened(lesson)
    expect(player.screen()).toMatch(/A rotation +00:00:00\.000 +0\/0[\s\S]*▶ this lesson[\s\S]*Watch for: the letter B/)
    expect(isRunning()).toBe(false)
    player.begin()
    expect(player.screen()).toContain('… running the scenario  00:01:01.000   q quits')
    run()
    expect(player.screen()).toMatch(/0\/\d\d?[\s\S]*▶ this lesson[\s\S]*space play/)
    player.begin()
    expect(isRunning()).toBe(false)
  })

  test('what is pressed meanwhile is done once it has run, in order', () => {
    const { player, run } = opened(lesson)
    player.begin()
    player.press('end', '1', 'left')
    expect(player.screen()).toContain('▶ this lesson')
    run()
    expect(player.screen()).toContain('undone: ')
    expect(player.screen()).toMatch(/ 6\/7 [\s\S]*API server +A─+●/)
  })

  test('help is there at once, and so is the way out, which stops the run', () => {
    const { player, stopped } = opened(lesson)
    player.begin()
    expect(player.press('?').screen()).toContain('▶ keys')
    player.press('?', 'escape', 'q')
    expect(player.state()).toMatchObject({ isOver: true, isOpening: true })
    expect(stopped()).toBe(1)
  })

  test('worlds that a lesson compares stand side by side', () => {
    const { player, run } = opened(`${lesson}compare: [Watch, Cache]\n`)
    player.begin()
    run()
    expect(player.press('end', '1').screen()).toMatch(/┌ strategy Watch[\s\S]*┌ strategy Cache/)
  })

  test('a run that does not begin ends it, and says why', () => {
    const { player, run } = opened(lesson, (recipe) => {
      const { result } = ranWorld(recipe, { createSim })
      return { result: { ...result, outcome: 'failed', reason: 'there is no such node' }, recording: undefined }
    })
    player.begin()
    run()
    expect(player.state()).toMatchObject({ isOver: true, isOpening: true })
    expect(player.state().worlds[0]?.recording.result.reason).toBe('there is no such node')
  })
})
