import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pictures } from '../scripts/generate-pictures.ts'
import { playerPage } from '../scripts/generate-player-page.ts'
import { flowExcerpt, screenExcerpt, storyExcerpt, withExcerpt } from '../scripts/readme-excerpts.ts'
import { versionsPage } from '../scripts/versions-page.ts'
import { diagnosticCodes } from '../src/scenario/diagnostic.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the docs', () => {
  test('explain every code of a diagnostic, and no other', () => {
    const explained = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1])
    expect(explained).toEqual(Object.keys(diagnosticCodes))
  })

  test('README shows what podsim prints', async () => {
    expect(withExcerpt(read('README.md'), 'story', await storyExcerpt()), 'npm run readme brings it up to date').toBe(
      read('README.md'),
    )
  })

  test('README shows how a Secret flows as an exported text does', () => {
    expect(withExcerpt(read('README.md'), 'flow', flowExcerpt()), 'npm run readme brings it up to date').toBe(
      read('README.md'),
    )
  })

  test('show pictures of what podsim draws, and of nothing else', () => {
    const drawn = pictures()
    const known = readdirSync(join(root, 'docs/pictures')).map((name) => [name, read(`docs/pictures/${name}`)])
    expect(Object.fromEntries(known), 'npm run generate pictures brings them up to date').toEqual(drawn)
    const pages = [read('README.md'), read('docs/export.md'), read('docs/manifests.md')].join('\n')
    for (const name of Object.keys(drawn)) expect(pages).toContain(`pictures/${name})`)
  })

  test('tell what changed between versions as the tables do', () => {
    expect(versionsPage, 'npm run generate versions brings it up to date').toBe(read('docs/versions.md'))
  })

  test('README shows what the player shows, and the page on it lists all keys', () => {
    expect(withExcerpt(read('README.md'), 'screen', screenExcerpt()), 'npm run readme brings it up to date').toBe(
      read('README.md'),
    )
    expect(playerPage(), 'npm run generate player brings it up to date').toBe(read('docs/player.md'))
  })

  test('README names only commands and files that exist', () => {
    const readme = read('README.md')
    const scripts = (JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> }).scripts
    for (const [, script = ''] of readme.matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toHaveProperty(script)
    for (const [, path = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g)) expect(() => read(path)).not.toThrow()
    for (const [path] of readme.matchAll(/scenarios\/[\w/-]+\.yaml/g)) expect(() => read(path)).not.toThrow()
  })
})
