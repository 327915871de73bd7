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

describe('L5 the examples', () => {
  test('have the digests that they had', async () => {
    const digests = Object.entries(stories).flatMap(([name, story]) =>
      (['v1.18', 'v1.36'] as const).map((version) => `${name} in ${version}: ${story(version).journal.digest()}`),
    )
    await expect(`${digests.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'examples.txt'))
  })

  test.each(Object.entries(stories))('%s is the same twice', (_name, story) => {
    expect(story('v1.36').journal.digest()).toBe(story('v1.36').journal.digest())
  })
})
