import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { utf8Bytes } from '../src/bytes/bytes.ts'
import { program } from '../src/cli/main.ts'
import * as podsim from '../src/index.ts'
import { actionNames } from '../src/scenario/actions.ts'
import { loadScenario } from '../src/scenario/load.ts'
import { runScenario } from '../src/scenario/run.ts'
import type { ScenarioSources } from '../src/scenario/sources.ts'
import { expect as simExpect } from '../src/testing/vitest.ts'
import { type Block, commandsOf, pageBlocks } from './page-blocks.ts'

/** What README and docs show is run, as whoever copies it would. */

const { createSim } = podsim
const root = join(import.meta.dirname, '..')
const blocks = pageBlocks()

/** How a block is held to what it says. */
const kindOf = ({ name, language, text, mark }: Block): string => {
  if (mark?.startsWith('not checked: ') === true) return 'not checked'
  if (['story', 'screen', 'flow'].includes(mark ?? '')) return 'made by npm run readme'
  if (language === 'yaml' && text.startsWith('title:')) return 'scenario'
  if (language === 'yaml' && text.startsWith('# .github/workflows/')) return 'workflow'
  if (language === 'yaml') return 'part of a scenario'
  if (language === 'ts') return 'program'
  if (language === 'sh') return 'commands'
  if (text.startsWith('$ podsim ')) return 'what a command prints'
  // test/docs.test.ts and test/kernel/machines.test.ts make them again.
  if (language === 'mermaid' || name.startsWith('docs/player.md')) return 'made by npm run generate'
  return 'unknown'
}
const ofKind = (kind: string) => blocks.filter((block) => kindOf(block) === kind)

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>
}

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
  ['test-certs/tls.key', utf8Bytes('a key')],
  ['deploy.yaml', utf8Bytes('with: { replicas: 1 }\nsteps:\n  - kubectl: create deployment web --image=nginx\n')],
])

/** A part of a scenario as a whole one: a list is its steps, or what one of them expects. */
function completed(text: string): string {
  const indented = (spaces: number) => text.replace(/^(?=.)/gm, ' '.repeat(spaces))
  const first: unknown = parseYaml(text)
  const head = 'title: part\ncluster: { nodes: 2 }\n'
  if (!Array.isArray(first)) return `${head}${/^steps:/m.test(text) ? '' : 'steps: [{ say: nothing }]\n'}${text}`
  const isStep = first.some((each: object) => actionNames.some((name) => Object.hasOwn(each, name)))
  return isStep ? `${head}steps:\n${indented(2)}` : `${head}steps:\n  - say: nothing\n    expect:\n${indented(6)}`
}

/** The arguments of podsim in a command line, however it is called there. */
function podsimArguments([command = '', ...rest]: readonly string[]): readonly string[] | undefined {
  const words = command === 'npx' || command === 'node' || command === '$' ? rest : [command, ...rest]
  return words[0] === 'podsim' || words[0] === 'bin/podsim.js' ? words.slice(1) : undefined
}

/** Reads arguments as the command line does, without doing anything. */
function parsed(args: readonly string[]): void {
  const podsimCommand = program()
  for (const command of podsimCommand.commands) command.action(() => {})
  podsimCommand.parse(['node', 'podsim', ...args])
}

/** Complains of a command line that a reader could not type: a command, option, file or script that there is not. */
function check(words: readonly string[]): void {
  const args = podsimArguments(words)
  // On a terminal it opens the course.
  if (args?.length === 0) return
  if (args !== undefined) {
    // podsim alone is the course, on a terminal.
    if (args.length > 0) expect(() => parsed(args), words.join(' ')).not.toThrow()
    for (const path of args.filter((arg) => /^(?:scenarios|examples)\b/.test(arg)))
      expect(existsSync(join(root, path)), `${path} is there`).toBe(true)
    return
  }
  // What others are given to run.
  for (const word of words.filter((each) => each.startsWith('podsim ')))
    for (const each of commandsOf(word)) check(each)
  const [command = '', verb = '', script = ''] = words
  if (command !== 'npm') {
    expect(otherCommands, words.join(' ')).toContain(command)
    return
  }
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: object } // ours
  if (verb === 'run') expect(scripts).toHaveProperty([script])
  else expect(['ci', 'install', 'start', 'test']).toContain(verb)
}

/** What readers have on their machines, beside npm and podsim. */
const otherCommands = ['npx', 'sbatch', 'helm', 'kubectl', 'kustomize', 'export', 'git', 'cd']

const sources: ScenarioSources = {
  readBeside: (path) => beside.get(path),
  listBeside(path) {
    const folder = `${path.replace(/^\.\//, '')}/`
    const below = [...beside.keys()].filter((each) => each.startsWith(folder)).map((each) => each.slice(folder.length))
    return below.length === 0 ? undefined : below
  },
}

describe('a block of README or docs', () => {
  test('is of a kind that is checked, or says why not', () => {
    expect(blocks.filter((block) => kindOf(block) === 'unknown').map(({ name }) => name)).toEqual([])
    expect(ofKind('scenario').length).toBeGreaterThan(1)
    expect(ofKind('program').length).toBeGreaterThan(1)
    // What nobody checks is to stay little.
    expect(ofKind('not checked').map(({ name }) => name.split(',')[0])).toEqual([
      'docs/architecture.md',
      'docs/vitest.md',
    ])
  })

  test.each(ofKind('part of a scenario'))('$name is part of a scenario that loads', ({ text }) => {
    const loaded = loadScenario(completed(text), 'snippet.yaml', sources)
    expect(loaded.ok ? [] : loaded.errors).toEqual([])
  })

  test.each(ofKind('commands'))('$name has commands that there are', ({ text }) => {
    const commands = commandsOf(text)
    expect(commands).not.toEqual([])
    for (const words of commands) check(words)
  })

  test.each(ofKind('what a command prints'))('$name begins with a command that there is', ({ text }) => {
    check(commandsOf(text.split('\n')[0] ?? '')[0] ?? [])
  })

  test.each(ofKind('workflow'))('$name runs commands that there are', ({ text }) => {
    const { jobs } = parseYaml(text) as Workflow // ours
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = '' }) => commandsOf(run)))
    expect(runs).not.toEqual([])
    for (const words of runs) check(words)
  })

  test.each(ofKind('scenario'))('$name is a scenario that loads without a warning and passes', ({ text }) => {
    const loaded = loadScenario(text, 'snippet.yaml', sources)
    expect(loaded.ok ? loaded.warnings : loaded.errors).toEqual([])
    if (!loaded.ok) return
    const result = runScenario(loaded.value, { createSim })
    expect(result.steps.flatMap(({ expectations }) => expectations.filter(({ passed }) => !passed))).toEqual([])
    expect(result.outcome).toBe('passed')
  })

  test.each(ofKind('program'))('$name is a program that runs', ({ text }) => {
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
