import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../src/bytes/bytes.ts'
import * as podsim from '../src/index.ts'
import { loadScenario } from '../src/scenario/load.ts'
import { runScenario } from '../src/scenario/run.ts'
import { expect as simExpect } from '../src/testing/vitest.ts'

/** What README and docs show is run, as whoever copies it would. */

const { createSim } = podsim
const root = join(import.meta.dirname, '..')
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => /\.md$/.test(name))
    .map((name) => `docs/${name}`),
]

interface Snippet {
  readonly name: string
  readonly language: string
  readonly text: string
}

const snippets: readonly Snippet[] = pages.flatMap((page) => {
  const content = readFileSync(join(root, page), 'utf8')
  return [...content.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: text = '', index }) => ({
    name: `${page}, line ${content.slice(0, index).split('\n').length}`,
    language,
    text,
  }))
})

const scenarios = snippets.filter(({ language, text }) => language === 'yaml' && text.startsWith('title:'))
const programs = snippets.filter(({ language }) => language === 'ts')

/** What the programs speak of without showing it. */
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'x' } }
const podWith = (name: string, secretName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/etc/db' }] }],
    volumes: [{ name: 'v', secret: { secretName } }],
  },
})

/** What lies beside the scenarios of the docs. */
const beside: ReadonlyMap<string, Uint8Array> = new Map([
  ['deploy.yaml', utf8Bytes('with: { replicas: 1 }\nsteps:\n  - kubectl: create deployment web --image=nginx\n')],
])

describe('a snippet', () => {
  test('of every kind is there', () => {
    expect(scenarios.length).toBeGreaterThan(1)
    expect(programs.length).toBeGreaterThan(1)
    // A block that is neither run nor known to be no program would be a claim that nobody checks.
    expect(
      snippets
        .map(({ language }) => language)
        .filter((each) => !['sh', 'yaml', 'ts', 'text', 'mermaid'].includes(each)),
    ).toEqual([])
  })

  test.each(scenarios)('$name is a scenario that loads without a warning and passes', ({ text }) => {
    const loaded = loadScenario(text, 'snippet.yaml', { readBeside: (path) => beside.get(path) })
    expect(loaded.ok ? loaded.warnings : loaded.errors).toEqual([])
    if (!loaded.ok) return
    const result = runScenario(loaded.value, { createSim })
    expect(result.steps.flatMap(({ expectations }) => expectations.filter(({ passed }) => !passed))).toEqual([])
    expect(result.outcome).toBe('passed')
  })

  test.each(programs)('$name is a program that runs', ({ text }) => {
    const body = transformSync(text.replace(/^import .*$/gm, ''), { loader: 'ts' }).code
    const given = {
      ...podsim,
      sim: createSim({ seed: 'snippet' }),
      expect: simExpect,
      manifests: [secret, podWith('app', 'db')],
      pod: podWith('mypod', 'mysecret'),
      text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, podWith('app', 'db')] }),
      // The snippets' own tests run within this one.
      test: (_title: string, work: (fixtures: { readonly createSim: typeof createSim }) => void) => work({ createSim }),
    }
    // A block of its own: a program may declare what others take for granted.
    const program = new Function(...Object.keys(given), `'use strict';{${body}}`)
    expect(() => program(...Object.values(given))).not.toThrow()
  })
})
