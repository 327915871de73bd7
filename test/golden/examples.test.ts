import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { story as certRotation } from '../../examples/cert-rotation/cluster.ts'
import { story as externalSecrets } from '../../examples/external-secrets/cluster.ts'
import { story as reloader } from '../../examples/reloader/cluster.ts'
import { oneUser, twoUsers } from '../../examples/two-credentials/cluster.ts'

/**
 * Code of one's own is as deterministic as the rest: the examples have the same digest twice in this process, and the one that
 * another process wrote down.
 */
const stories = {
  'cert-rotation': certRotation,
  'external-secrets': externalSecrets,
  reloader,
  'two-credentials, one user': oneUser,
  'two-credentials, two users': twoUsers,
}

const names = Object.keys(stories) as (keyof typeof stories)[] // they are its own
const told = new Map<string, string>()

/** The digest of a story that was told before. */
function toldOnce(name: keyof typeof stories, version: 'v1.18' | 'v1.36'): string {
  const key = `${name} in ${version}`
  const known = told.get(key) ?? `${key}: ${stories[name](version).journal.digest()}`
  told.set(key, known)
  return known
}

describe('L5 the examples', () => {
  test('have the digests that they had', async () => {
    const digests = names.flatMap((name) => (['v1.18', 'v1.36'] as const).map((version) => toldOnce(name, version)))
    await expect(`${digests.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'examples.txt'))
  })

  test.each(names)('%s is the same twice', (name) => {
    expect(`${name} in v1.36: ${stories[name]('v1.36').journal.digest()}`).toBe(toldOnce(name, 'v1.36'))
  })
})
