import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readScenarioFile } from '../src/cli/scenario-files.ts'
import { createSim } from '../src/index.ts'
import { albumText } from '../src/report/export/flow-text.ts'
import { makeAlbum } from '../src/report/export/make-album.ts'
import { createTranscript } from '../src/report/export/transcript.ts'
import { runScenario } from '../src/scenario/run.ts'
import { inProcess } from '../test/cli/in-process.ts'
import { playerScreen } from './player-frames.ts'

/** `npm run readme`: puts what podsim really prints between the markers of README.md. */

const root = join(import.meta.dirname, '..')

/** Lines of the story that a reader of the README wants to see: its first fetches and what comes once the Secret is there. */
export async function storyExcerpt(): Promise<string> {
  const { stdout } = await inProcess(['run', 'scenarios/first-light.yaml', '--color', 'never'], { cwd: root })
  const lines = stdout.trimEnd().split('\n')
  const from = lines.findIndex((line) => line.includes('$ kubectl create -f'))
  const until = lines.findIndex((line) => line.includes('Inside the container'))
  const isNarration = (line: string) => line.includes('│')
  const story = lines.slice(from, until).filter((line) => !isNarration(line) && line.trim() !== '')
  return [...story, '...', lines[lines.length - 1] ?? '']
    .map((line) => (line.length > 150 ? `${line.slice(0, 147)}...` : line))
    .join('\n')
}

/** The player's screen as the README shows it. */
export function screenExcerpt(): string {
  return playerScreen({
    ...{ scenario: join(root, 'scenarios/updates/never.yaml'), columns: 110, rows: 30 },
    keys: ['end'],
  })
}

/** Lanes of a Secret that is file, subPath and variable, as `podsim export` draws them in a text: of the first Pod. */
export function flowExcerpt(): string {
  const { loaded } = readScenarioFile(join(root, 'scenarios/updates/never.yaml'))
  if (!loaded.ok) throw new Error('the scenario does not load')
  const { listener, heard } = createTranscript()
  const result = runScenario(loaded.value[0], { createSim, ...listener })
  const transcript = heard()
  if (transcript === undefined) throw new Error(result.reason)
  const album = makeAlbum([{ name: '', result, transcript }], { podsim: '', reveal: false })
  if ('problem' in album) throw new Error(album.problem)
  const lines = albumText(album, album.to).toString().split('\n')
  const from = lines.findIndex((line) => line.includes('00:00:00.0'))
  const until = lines.findIndex((line) => line.includes('process main'))
  return lines.slice(from, until + 1).join('\n')
}

/** Replaces what stands between `<!-- name -->` and the end of the code block that follows it. */
export function withExcerpt(readme: string, name: string, excerpt: string): string {
  return readme.replace(
    new RegExp(`(<!-- ${name} -->\\n\`\`\`\\n)[\\s\\S]*?(\\n\`\`\`)`),
    (_all, before: string, after: string) => before + excerpt + after,
  )
}

if (process.argv[1] === import.meta.filename) {
  const path = join(root, 'README.md')
  const story = withExcerpt(readFileSync(path, 'utf8'), 'story', await storyExcerpt())
  const screen = withExcerpt(story, 'screen', screenExcerpt())
  writeFileSync(path, withExcerpt(screen, 'flow', flowExcerpt()))
}
