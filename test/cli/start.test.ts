import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../tidy/source-tree.ts'

/** What a statement imports for use, not for its types, as Biome lays it out. */
const imported = /^(?:import|export) (?!type )(?:[^'\n]*|\{\n(?: {2}[^\n]*\n)*\}) ?(?:from )?'([^']+)'$/gm

/** Files and packages that are loaded with a file of the sources. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const [, name = ''] of readFileSync(join(root, path), 'utf8').matchAll(imported)) {
    const file = name.startsWith('.') ? normalize(join(dirname(path), name)) : name
    if (seen.has(file)) continue
    seen.add(file)
    if (name.startsWith('.')) loadedWith(file, seen)
  }
  return seen
}

test('the command starts without the simulator: what a command does is loaded when it is called', () => {
  const loaded = [...loadedWith('src/cli/main.ts')]
  expect(loaded.filter((name) => !name.startsWith('src/') && !name.startsWith('node:'))).toEqual(['commander'])
  const rooms = new Set(loaded.filter((name) => name.startsWith('src/')).map((name) => name.split('/')[1]))
  expect([...rooms].sort()).toEqual(['api', 'bytes', 'cli', 'report', 'sim', 'versions'])
  expect(loaded.filter((name) => /^src\/(?:api|report|sim)\//.test(name)).sort()).toEqual([
    'src/api/quantity.ts',
    'src/report/text.ts',
    'src/sim/node-resource.ts',
  ])
  // The other way round: what runs scenarios is seen by the same look.
  expect(loadedWith('src/cli/run.ts')).toContain('zod')
})
