import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapAt } from '../src/check/map-history.ts'
import { readScenarioFile } from '../src/cli/scenario-files.ts'
import { createSim } from '../src/index.ts'
import { mapSvg } from '../src/report/check/secret-map.ts'
import type { Album } from '../src/report/export/album.ts'
import { makeAlbum } from '../src/report/export/make-album.ts'
import { albumSvg } from '../src/report/export/svg.ts'
import { createTranscript } from '../src/report/export/transcript.ts'
import { runScenario } from '../src/scenario/run.ts'
import { playerSvg } from './player-frames.ts'

/** Writes the pictures of README and docs: frames of the player, lanes and maps of runs, as they are. A test makes them again. */

const root = join(import.meta.dirname, '..')
const folder = 'docs/pictures'

/** Pictures by their files' names. */
export function pictures(): Readonly<Record<string, string>> {
  const never = join(root, 'scenarios/updates/never.yaml')
  const apart = albumOf('scenarios/use-cases/prod-and-test.yaml')
  return {
    'lanes.svg': albumSvg(albumOf('scenarios/updates/never.yaml'), 190_000),
    'map.svg': mapSvg(mapAt(apart.worlds[0]?.map ?? [], apart.to)),
    'player.svg': playerSvg(
      { scenario: never, columns: 120, rows: 32, keys: ['t', '"3m10s"'] },
      'podsim play scenarios/updates/never.yaml, at 3m10s',
    ),
  }
}

function albumOf(file: string): Album {
  const { loaded } = readScenarioFile(join(root, file))
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  const { listener, heard } = createTranscript()
  const result = runScenario({ ...loaded.value[0], file }, { createSim, ...listener })
  const transcript = heard()
  if (transcript === undefined) throw new Error(result.reason)
  const album = makeAlbum([{ name: '', result, transcript }], { podsim: '', reveal: false })
  if ('problem' in album) throw new Error(album.problem)
  return album
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(join(root, folder), { recursive: true })
  for (const [name, picture] of Object.entries(pictures())) {
    writeFileSync(join(root, folder, name), picture)
    process.stdout.write(`${folder}/${name}\n`)
  }
}
