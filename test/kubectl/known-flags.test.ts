import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Command } from '../../src/kubectl/cli/command.ts'
import type { FlagSpec } from '../../src/kubectl/cli/flags.ts'
import { globalFlags } from '../../src/kubectl/cli/global-flags.ts'
import { rootCommand } from '../../src/kubectl/commands/root.ts'

/** Each command takes the flags that the kubectl of its version lists, with the same letters, and no others. */

const minors = [20, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]

interface Listed {
  readonly command: string
  readonly minors: readonly number[]
  readonly flags: readonly string[]
}

/** `20-23,25-36` of the minors that were asked. */
function minorsOf(text: string): readonly number[] {
  const ranges = text.split(',').map((range) => range.split('-').map(Number))
  return minors.filter((minor) => ranges.some(([from = 0, to = from]) => from <= minor && minor <= to))
}

const listed: readonly Listed[] = readFileSync(new URL('../fixtures/kubectl-flags.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [command = '', range = '', flags = ''] = line.split(' | ')
    return { command, minors: minorsOf(range), flags: flags.split(' ') }
  })

/** Real flags that are not there: what they belong to is refused in words, or does nothing that could be seen. */
const missing = /^(?:config set|config set-cluster|config set-credentials) |^debug --custom\[31\]/

/** Flags that are there and that no page of help lists: hidden ones, and the global one of that name. */
const hidden = [
  /^apply edit-last-applied --validate/,
  /^(?:create (?:cluster)?rolebinding|set subject) --user/,
  /^debug --profile\[25\]/,
  /^get --use-openapi-print-columns/,
  /^auth whoami .*\[26\]/,
  /^version --short/,
]

const globals = new Set(globalFlags.map(({ name }) => name))

function isOffered({ since = 0, until = 99 }: Pick<FlagSpec, 'since' | 'until'>, minor: number): boolean {
  return since <= minor && minor < until
}

function shown({ name, short, initial, type }: FlagSpec): string {
  return `${short === undefined ? '' : `-${short}/`}${name}${type === 'bool' && initial === 'true' ? '=true' : ''}`
}

function differing(command: Command, path: string, minor: number): readonly string[] {
  const below = (command.children ?? [])
    .filter((child) => isOffered(child, minor))
    .flatMap((child) => differing(child, `${path} ${child.name}`.trim(), minor))
  if (command.run === undefined || path === '' || path === 'proxy' || path === 'convert') return below
  const real = new Set(
    listed.filter((row) => row.command === path && row.minors.includes(minor)).flatMap(({ flags }) => flags),
  )
  const own = (command.flags ?? []).filter((flag) => isOffered(flag, minor))
  const nameOf = (flag: string): string => flag.replace(/^-.\//, '').replace(/=true$/, '')
  const isHidden = (flag: FlagSpec): boolean => flag.deprecated !== undefined
  const told = (flag: string): string => `${path} --${nameOf(flag)}[${minor}]`
  const ours = new Set(own.map(shown))
  return [
    ...[...real]
      // What is true by itself is a text where it is no bool.
      .filter((flag) => !ours.has(flag) && !(flag.endsWith('=true') && ours.has(flag.slice(0, -5))))
      .filter((flag) => !globals.has(nameOf(flag)) || own.some(({ name }) => name === nameOf(flag)))
      .filter((flag) => !missing.test(told(flag)))
      .map((flag) => `lacks ${told(flag)}`),
    ...own
      .filter((flag) => !isHidden(flag) && !real.has(shown(flag)) && !real.has(`${shown(flag)}=true`))
      .filter((flag) => !hidden.some((pattern) => pattern.test(told(flag.name))))
      .map((flag) => `has too much: ${told(flag.name)}`),
    ...below,
  ]
}

test.each(minors)('commands of kubectl 1.%i take its flags', (minor) => {
  expect(differing(rootCommand, '', minor)).toEqual([])
})

test('a flag that help hides goes, too: --prune-whitelist with 1.30', () => {
  const offered = (minor: number): boolean => {
    const flags = rootCommand.children?.find(({ name }) => name === 'apply')?.flags ?? []
    return flags.some((flag) => flag.name === 'prune-whitelist' && isOffered(flag, minor))
  }
  expect([20, 26, 29].map(offered)).toEqual([true, true, true])
  expect([30, 36].map(offered)).toEqual([false, false])
})

test('there is a list of flags', () => {
  expect(listed.length).toBeGreaterThan(200)
})
