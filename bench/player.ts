import { createSim } from '../src/index.ts'
import { loadScenario } from '../src/scenario/load.ts'
import { firstState } from '../src/ui/model/play-state.ts'
import { createPlayer, type PlayerStore } from '../src/ui/model/player.ts'
import { createCompositor } from '../src/ui/screen/compositor.ts'
import { FrameStream } from '../src/ui/screen/frame-stream.ts'
import { createPainter } from '../src/ui/screen/painter.ts'
import { prepareRenderer } from '../src/ui/screen/prepare-renderer.ts'
import { frameOf, stageOf } from '../src/ui/views/frame.ts'
import type { Recipe } from '../src/ui/world/recipe.ts'
import { ranWorld } from '../src/ui/world/run-world.ts'
import { type Figure, rounded } from './measure.ts'

/** What a key of the player costs: from the key to the bytes for the terminal. */

const pods = 1000
const columns = 140
const rows = 40

/** Keys of the player on a large run. */
export const playerFigures: readonly Figure[] = [
  figure('a step on, a step back', ['right', 'left', 'right']),
  figure('the next moment that matters, and back', [']', ']', '[']),
  figure('the next object, the next pane', [')', 'tab']),
  { suite: 'player', name: 'records of the run', size: pods, unit: 'records', measure: () => records() },
]

function figure(name: string, keys: readonly string[]): Figure {
  return {
    ...{ suite: 'player', name, size: pods, unit: 'ms', goal: { landed: 85, reach: 16, aim: 8 } },
    measure: () => msAKey(keys),
  }
}

function records(): number {
  return world().recording.journal.records.length
}

/** A thousand Pods with a Secret that is rotated: as many records as a long lesson on a large cluster has. */
function world() {
  const text = `title: many Pods
cluster: { nodes: 20, kubelet: { configMapAndSecretChangeDetectionStrategy: Cache } }
steps:
  - run: |
      kubectl create secret generic db --from-literal=password=one
      kubectl create deployment web --image=nginx
      kubectl patch deployment web -p '{"spec":{"template":{"spec":{"volumes":[{"name":"v","secret":{"secretName":"db"}}],"containers":[{"name":"nginx","volumeMounts":[{"name":"v","mountPath":"/etc/db"}]}]}}}}'
      kubectl scale deployment web --replicas=${pods}
  - wait: 10m
  - kubectl: "patch secret db -p '{\\"stringData\\":{\\"password\\":\\"two\\"}}'"
  - wait: 12m
`
  const loaded = loadScenario(text, 'many.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  const recipe: Recipe = { scenario: loaded.value, seed: 'many', knobs: {}, doings: [], until: undefined }
  const { recording, result } = ranWorld(recipe, { createSim })
  if (recording === undefined) throw new Error(result.reason)
  return { id: 0, name: 'main', recipe, recording, origin: undefined }
}

/** Processor time of a key, rendering and painting included; the first hundred, which warm up, don't count. */
async function msAKey(keys: readonly string[]): Promise<number> {
  prepareRenderer(process.env, true)
  process.env.NODE_ENV = 'production'
  const { render } = await import('ink')
  const { createElement } = await import('react')
  const { Screen } = await import('../src/ui/views/screen.tsx')
  let bytes = 0
  const painter = createPainter({
    write: (text) => {
      bytes += text.length
    },
    ...{ rows, minIntervalMs: 0, later: () => () => {}, now: () => performance.now() },
  })
  const compositor = createCompositor((frame) => painter.show(frame))
  const stdout = new FrameStream(columns, rows, compositor.frame)
  const host = { run: () => () => {}, save: () => {} }
  const store: PlayerStore = createPlayer(firstState(world()), host, (state, look) =>
    stageOf(state, look, columns, rows),
  )
  const shown = {
    ...store,
    frame: () => frameOf(store.state(), store.look(), { columns, rows, isColoured: true }),
  }
  const app = render(createElement(Screen, { shown, compositor, columns, rows }), {
    // The renderer asks of its streams only what FrameStream has.
    ...{ stdout: stdout as unknown as NodeJS.WriteStream, debug: true, patchConsole: false, exitOnCtrlC: false },
  })
  store.press('t')
  for (const char of '10m30s') store.press(char)
  store.press('enter')
  const press = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      store.press(keys[i % keys.length] ?? '')
      // The renderer takes its turn between keys.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await press(100)
  const before = bytes
  const startedAt = process.cpuUsage()
  const times = 300
  await press(times)
  const { user, system } = process.cpuUsage(startedAt)
  if (bytes === before) throw new Error(`${keys.join(' ')} painted nothing`)
  app.unmount()
  return rounded((user + system) / 1000 / times)
}
