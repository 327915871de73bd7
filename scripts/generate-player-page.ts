import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KeyBinding, keyBindings } from '../src/ui/model/keys.ts'
import { playerScreen } from './player-frames.ts'

/** Writes docs/player.md: the page on the player, its keys made from the table of keys, its pictures from frames. */

const root = join(import.meta.dirname, '..')
const target = join(root, 'docs/player.md')

const parts: Readonly<Record<string, () => string>> = {
  wide: () =>
    playerScreen({
      ...{ scenario: join(root, 'scenarios/updates/never.yaml'), columns: 140, rows: 40 },
      keys: ['end', ']', '['],
    }),
  narrow: () =>
    playerScreen({ ...{ scenario: join(root, 'scenarios/updates/never.yaml'), columns: 80, rows: 24 }, keys: ['end'] }),
  keys: keyTables,
}

/** The page as it is to be. */
export function playerPage(): string {
  return readFileSync(join(root, 'docs/player.template.md'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name]
    if (part === undefined) throw new Error(`the template asks for ${name}`)
    return part()
  })
}

const groups: readonly (readonly [group: KeyBinding['group'], title: string])[] = [
  ['time', 'time'],
  ['do', 'do'],
  ['look', 'look'],
  ['screen', 'screen'],
  ['typing', 'while typing'],
  ['asked', 'while asked'],
  ['course', 'in the course'],
]

/** Groups of keys that mean something elsewhere than in the player itself. */
const beside: ReadonlySet<KeyBinding['group']> = new Set(['typing', 'asked', 'course'])

function keyTables(): string {
  return groups
    .map(([group, title]) => {
      const rows = keyBindings.filter((each) => each.group === group && (each.context === 'play' || beside.has(group)))
      const lines = rows.map(({ label, does }) => `| \`${label === '|' ? '\\|' : label}\` | ${does} |`)
      return [`| ${title} | |`, '| --- | --- |', ...lines].join('\n')
    })
    .join('\n\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, playerPage())
