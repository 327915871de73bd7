import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/**
 * `npm run package`: packs podsim as it would be published and uses it as a stranger would: a project of its own, strict, with
 * declarations checked, in both ways in which TypeScript looks for modules; its command; its bundles without podsim's own
 * node_modules.
 */

const root = join(import.meta.dirname, '..')
const outside = mkdtempSync(join(tmpdir(), 'podsim-outside-'))
const run = (command: string, args: readonly string[], cwd = outside): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

/** More than this is a folder that nobody meant to pack. */
const mostFiles = 190
const mostBytes = 18_000_000

/** A program that uses what is public, as a user's own. */
const consumer = `import { type ControllerContext, createSim, resources, SimUsageError, type Steps, wait, type Event, type HttpAnswer, type KubeletOptions, type KubeObject, type Pod, type Secret } from 'podsim'

const kubelet: KubeletOptions = { configMapAndSecretChangeDetectionStrategy: 'Cache', syncFrequency: '10s' }
const sim = createSim({ seed: 7, nodes: 2, kubelet })
sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'old' } })
const data: Readonly<Record<string, string>> | undefined = sim.get('Secret', 'db')?.data
const secret: Secret | undefined = sim.get('Secret', 'db')
const pods: readonly Pod[] = sim.list('Pod')
const events: readonly Event[] = sim.events()
const anything: KubeObject | undefined = sim.get('Deployment', 'x')
const answer = sim.request({ method: 'GET', path: '/api/v1/namespaces/default/secrets/db', user: 'admin' }) as HttpAnswer
// @ts-expect-error no such field
export const misspelt = () => createSim({ kubelet: { syncFrequenzy: '10s' } })
// @ts-expect-error no such strategy
export const unknown = () => createSim({ kubelet: { configMapAndSecretChangeDetectionStrategy: 'Sometimes' } })
function* watcher({ informer, log }: ControllerContext): Steps<never> {
  const all = informer(resources.secrets)
  for (;;) log((yield* wait(all.next())).object.data?.password ?? '')
}
sim.controller('watcher', watcher)
sim.admission({ name: 'x.example.com', on: resources.pods, mutate: (pod) => void (pod.metadata.labels = { seen: 'yes' }), validate: () => true })
// @ts-expect-error a Secret has no spec
export const wrong = () => sim.admission({ name: 'y.example.com', on: resources.secrets, validate: ({ spec }) => spec })
sim.runFor('1s')
if (sim.journal.query({ type: 'controller.log' }).length === 0) throw new Error('the controller says nothing')
if (data?.password !== btoa('old') || secret?.kind !== 'Secret' || answer.code !== 200) throw new Error('the Secret is not there')
export const seen = [pods.length, events.length, anything, SimUsageError.name]
`

/** A regression test as a user of vitest has it. */
const suite = `import fc from 'fast-check'
import { createSim } from 'podsim'
import { assertReady } from 'podsim/assert'
import { plans, runPlan } from 'podsim/fast-check'
import { expect, test } from 'podsim/vitest'

test('a Secret becomes a file', ({ createSim }) => {
  const sim = createSim({ seed: 'outside' })
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'old' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: {
      containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }],
      volumes: [{ name: 'db', secret: { secretName: 'db' } }],
    } },
  )
  sim.runFor('1m')
  expect(sim).toHavePod('app', { phase: 'Running', ready: true })
  expect(sim).toHaveFile({ pod: 'app' }, '/etc/db/password', 'old')
  expect(sim).toBeReady('app')
  assertReady(sim, 'app')
})

test('plans are carried out', () => {
  fc.assert(fc.property(plans({ maxLength: 3 }), (plan) => runPlan(createSim(), plan)), { numRuns: 2 })
})
`

/**
 * As `npm pack` does with its scripts, but for the build, which is there; and from a copy of what is packed, so that nobody who
 * works in the tree meanwhile meets the manifest without scripts.
 */
function pack(): string {
  if (!existsSync(join(root, 'dist/bundle/index.js'))) throw new Error('podsim is not built: npm run build')
  const copy = join(outside, 'copy')
  for (const path of [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'bin',
    'dist/bundle',
    'scenarios',
    'docs',
  ])
    cpSync(join(root, path), join(copy, path), { recursive: true })
  run(process.execPath, [join(root, 'scripts/packed-manifest.cjs'), 'write'], copy)
  const told = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', outside], copy)
  // npm's own format; what the scripts print comes before it.
  const [packed] = JSON.parse(told.slice(told.indexOf('[\n'))) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[]; readonly unpackedSize: number },
  ]
  const { files, unpackedSize, filename } = packed
  if (files.length > mostFiles) throw new Error(`${files.length} files are packed, at most ${mostFiles} are meant`)
  if (unpackedSize > mostBytes) throw new Error(`${unpackedSize} bytes are packed, at most ${mostBytes} are meant`)
  process.stdout.write(`packed ${files.length} files, ${Math.round(unpackedSize / 1000)} kB\n`)
  return join(outside, filename)
}

function install(tarball: string): string {
  const installed = join(outside, 'node_modules/podsim')
  mkdirSync(installed, { recursive: true })
  run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  // What podsim depends on, and what a user of podsim/vitest has beside it.
  for (const name of ['rxjs', 'vitest', 'fast-check'])
    symlinkSync(join(root, 'node_modules', name), join(outside, 'node_modules', name))
  writeFileSync(join(outside, 'package.json'), '{ "name": "outside", "type": "module" }')
  writeFileSync(join(outside, 'consumer.ts'), consumer)
  writeFileSync(join(outside, 'app.test.ts'), suite)
  return installed
}

function compile(): void {
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      types: [],
      lib: ['es2023', 'dom'],
      outDir: 'out',
    }
    const config = `tsconfig.${moduleResolution}.json`
    writeFileSync(join(outside, config), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    for (const compiler of ['typescript/bin/tsc', '@typescript/typescript6/bin/tsc6'])
      run(process.execPath, [join(root, 'node_modules', compiler), '-p', config])
    process.stdout.write(`compiles with ${moduleResolution}\n`)
  }
  // vitest's own declarations are not ours to check.
  const forTests = { module: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true, noEmit: true, types: [] }
  writeFileSync(
    join(outside, 'tsconfig.tests.json'),
    JSON.stringify({ compilerOptions: forTests, files: ['app.test.ts'] }),
  )
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.tests.json'])
}

async function complaints(installed: string): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true, pack: false })
  return messages.map((message) => formatMessage(message, pkg) ?? message.code)
}

/** podsim is for ES modules alone: those who look for types as CommonJS, or as Node.js 10 did, find none on purpose. */
const notMeant: ReadonlySet<string> = new Set(['node10', 'node16-cjs'])

/**
 * What is wrong with the types as the package's entries lead to them. The files are handed over one by one: what
 * @arethetypeswrong/core unpacks of an archive is only its last part when that is large.
 */
async function wrongTypes(installed: string): Promise<readonly string[]> {
  const entries = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [`/node_modules/podsim/${path.slice(installed.length + 1)}`, new Uint8Array(readFileSync(path))]
    }),
  )
  const result = await checkPackage(new Package(files, 'podsim', '0'))
  if (result.types === false) return ['the package has no types']
  return result.problems
    .filter((problem) => !('resolutionKind' in problem) || !notMeant.has(problem.resolutionKind))
    .map((problem) => JSON.stringify(problem))
}

try {
  const installed = install(pack())
  compile()
  run(process.execPath, ['out/consumer.js'])
  run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', '.'])
  run(process.execPath, [join(installed, 'bin/podsim.js'), 'run', join(installed, 'scenarios/first-light.yaml')])
  const told = [...(await complaints(installed)), ...(await wrongTypes(installed))]
  if (told.length > 0) throw new Error(told.join('\n'))
  process.stdout.write('runs; publint has nothing to say, and its types are where they are looked for\n')
} finally {
  rmSync(outside, { recursive: true, force: true })
}
