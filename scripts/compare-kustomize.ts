import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { hostFiles } from '../src/cli/host-files.ts'
import { runKustomize } from '../src/kustomize/kustomize.ts'

/**
 * `npm run compare:kustomize -- [--kubectl PATH] [--list] FOLDER...`: builds every kustomization below the folders with a real
 * kubectl (default: /usr/bin/kubectl) and with podsim as that version, and tells how many of those that the real one
 * builds are byte for byte the same. `--list` names the others. Exits with 1 below 98 %.
 */

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
/** What a real kubectl may take for one directory; in ms. */
const patience = 20_000
const wanted = 0.98

interface Verdict {
  readonly path: string
  readonly is: 'same' | 'differs' | 'refused' | 'not built by the real one'
  /** The first line that differs, or what podsim says. */
  readonly how: string
}

const args = process.argv.slice(2)
const at = args.indexOf('--kubectl')
const [, kubectl = '/usr/bin/kubectl'] = at < 0 ? [] : args.splice(at, 2)
const lists = args.includes('--list')
const folders = args.filter((arg) => arg !== '--list')
if (folders.length === 0) {
  process.stderr.write('usage: npm run compare:kustomize -- [--kubectl PATH] [--list] FOLDER...\n')
  process.exit(2)
}

/** A home of its own, and no git: what is not on this disk is built by neither. */
const empty = mkdtempSync(join(tmpdir(), 'podsim-'))
const env = { HOME: empty, PATH: empty }
const minor = minorOf(JSON.parse(real('version', '--client', '-o', 'json') ?? '{}'))

function minorOf(version: { readonly clientVersion?: { readonly minor?: string } }): number {
  const { minor: text = '' } = version.clientVersion ?? {}
  if (text === '') throw new Error(`${kubectl} does not tell its version`)
  return Number.parseInt(text, 10)
}

/** What the real one prints; undefined where it fails. */
function real(...line: readonly string[]): string | undefined {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    return execFileSync(kubectl, line, {
      encoding: 'utf8',
      env,
      timeout: patience,
      maxBuffer: 2 ** 28,
      stdio: [...stdio],
    })
  } catch {
    return undefined
  }
}

function kustomizationsBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const own = entries.some((entry) => entry.isFile() && names.includes(entry.name)) ? [folder] : []
  const below = entries.filter((entry) => entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules')
  return [...own, ...below.flatMap(({ name }) => kustomizationsBelow(join(folder, name)))]
}

function compare(path: string): Verdict {
  const theirs = real('kustomize', path)
  if (theirs === undefined) return { path, is: 'not built by the real one', how: '' }
  const ours = runKustomize([path], { files: hostFiles(process.cwd()), env: new Map(), minor })
  if (ours.exitCode !== 0) return { path, is: 'refused', how: ours.stderr.trim().split('\n').at(-1) ?? '' }
  if (ours.stdout === theirs) return { path, is: 'same', how: '' }
  const [left, right] = [theirs.split('\n'), ours.stdout.split('\n')]
  const line = left.findIndex((text, index) => text !== right[index])
  return { path, is: 'differs', how: `line ${line + 1}: ${left[line]?.trim()} | ${right[line]?.trim() ?? ''}` }
}

let [same, built] = [0, 0]
for (const folder of folders) {
  const verdicts = kustomizationsBelow(resolve(folder)).map(compare)
  const count = (is: Verdict['is']) => verdicts.filter((verdict) => verdict.is === is).length
  const theirs = verdicts.length - count('not built by the real one')
  same += count('same')
  built += theirs
  const counts = `${count('same')} of ${theirs} are the same, ${count('differs')} differ, ${count('refused')} are refused`
  process.stdout.write(`${folder}: ${counts}; ${verdicts.length - theirs} are not built by the real one\n`)
  if (!lists) continue
  for (const { path, is, how } of verdicts)
    if (is === 'differs' || is === 'refused') process.stdout.write(`  ${relative(folder, path)} ${is}: ${how}\n`)
}
const share = built === 0 ? 0 : same / built
process.stdout.write(`all, kubectl 1.${minor}: ${same} of ${built}, ${(share * 100).toFixed(1)} %\n`)
process.exit(share >= wanted ? 0 : 1)
