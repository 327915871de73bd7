import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { story as certificates } from '../../../examples/cert-rotation/cluster.ts'
import { story as external } from '../../../examples/external-secrets/cluster.ts'
import { story as reloader } from '../../../examples/reloader/cluster.ts'
import type { Sim } from '../../../src/sim/sim.ts'

const shorter = '70m'

const stories: Readonly<Record<string, (version: 'v1.18' | 'v1.36') => Sim>> = {
  // Its first part is enough.
  'cert-rotation': (version) => certificates(version, shorter),
  'external-secrets': external,
  reloader,
}
const versions = ['v1.18', 'v1.36'] as const
const root = join(import.meta.dirname, '../../..')

/** Runs the stories as whoever has podsim installed does: from its package, in a process of its own. */
const program = `
  const digests = {}
  for (const name of ${JSON.stringify(Object.keys(stories))}) {
    const { story } = await import('./examples/' + name + '/cluster.ts')
    for (const version of ${JSON.stringify(versions)}) digests[name + ' ' + version] = story(version, name === 'cert-rotation' ? '${shorter}' : undefined).journal.digest()
  }
  process.stdout.write(JSON.stringify(digests))
`

test('stories of controllers have the same digest in another process, from the package', async () => {
  const digests = () =>
    Object.fromEntries(
      Object.entries(stories).flatMap(([name, story]) =>
        versions.map((version) => [`${name} ${version}`, story(version).journal.digest()]),
      ),
    )
  const argv = ['--import', 'tsx', '--input-type=module', '-e', program]
  const [{ stdout }, here] = await Promise.all([
    promisify(execFile)(process.execPath, argv, { cwd: root }),
    Promise.resolve(digests()),
  ])
  expect(JSON.parse(stdout)).toEqual(here)
  expect(new Set(Object.values(here)).size).toBe(6)
})
