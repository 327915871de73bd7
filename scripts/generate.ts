import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `npm run generate [-- KIND ...] [--sources FOLDER]`: writes again what is made from something else and kept in the
 * repository (docs/architecture.md, "Generated files"). What is made from sources of others wants FOLDER with these in it:
 *
 * - `kubernetes-v0.18.19/k8s.io/` and `kubernetes-v0.36.0/k8s.io/`: the modules api, apimachinery, apiextensions-apiserver and
 *   kube-aggregator at these tags, each in a folder of its name
 * - `tzdata-1.0.51/`: the npm package of that name
 * - `kustomize-v2.0.3/` and `kustomize-api-v0.18.0/`: kustomize's repository at the tags v2.0.3 and api/v0.18.0
 *
 * Their numbers of version are part of what is generated: another one is another table.
 */
interface Generator {
  readonly script: string
  /** Folder below FOLDER that it reads; without one, the repository is all that it needs. */
  readonly source?: string
  /** Arguments of the script, given the path of its source. */
  readonly args?: (source: string) => readonly string[]
}

/** OpenAPI documents and the Go types that they were made from; `v1.35.json` has fields of v1.36. */
const schemaOf = (document: string, file: string, tag: string): Generator => ({
  script: 'generate-schema.ts',
  source: `kubernetes-${tag}`,
  args: (source) => [`test/fixtures/vectors/openapi/${document}.json`, `src/api/schema/generated/${file}.ts`, source],
})

const fieldsOf = (generation: string, folder: string, path: string, provenance: string): Generator => ({
  script: 'generate-kustomize.ts',
  source: `${folder}/${path}`,
  args: (source) => [
    `src/kustomize/generated/fields-v${generation}.ts`,
    `fieldsV${generation}`,
    source,
    `sigs.k8s.io/${provenance}`,
  ],
})

const generators: Readonly<Record<string, readonly Generator[]>> = {
  course: [{ script: 'generate-course.ts' }],
  cluster: [{ script: 'generate-cluster-pages.ts' }],
  coverage: [{ script: 'generate-coverage.ts' }],
  machines: [{ script: 'generate-machines.ts' }],
  options: [{ script: 'generate-options-page.ts' }],
  pictures: [{ script: 'generate-pictures.ts' }],
  player: [{ script: 'generate-player-page.ts' }],
  page: [{ script: 'generate-page.ts' }],
  ratchet: [{ script: 'tighten-ratchet.ts' }],
  seeds: [{ script: 'generate-first-seeds.ts' }],
  scenarios: [{ script: 'generate-scenario-reference.ts' }],
  versions: [{ script: 'generate-versions.ts' }],
  schema: [schemaOf('v1.18', 'v1-18', 'v0.18.19'), schemaOf('v1.35', 'v1-35', 'v0.36.0')],
  descriptions: [
    {
      script: 'generate-descriptions.ts',
      source: '.',
      args: (source) => [
        'src/api/schema/generated/descriptions.ts',
        ...['v1.18', 'test/fixtures/vectors/openapi/v1.18.json', join(source, 'kubernetes-v0.18.19')],
        ...['v1.36', 'test/fixtures/vectors/openapi/v1.35.json', join(source, 'kubernetes-v0.36.0')],
      ],
    },
  ],
  zones: [
    { script: 'generate-zones.ts', source: 'tzdata-1.0.51', args: (source) => ['src/go/generated/zones.ts', source] },
  ],
  protobuf: [
    {
      script: 'generate-protobuf.ts',
      source: '.',
      args: (source) => [
        'src/api/protobuf/generated/fields.ts',
        join(source, 'kubernetes-v0.36.0'),
        join(source, 'kubernetes-v0.18.19'),
      ],
    },
  ],
  kustomize: [
    fieldsOf(
      '2',
      'kustomize-v2.0.3',
      'pkg/transformers/config/defaultconfig',
      'kustomize v2.0.3 pkg/transformers/config/defaultconfig',
    ),
    fieldsOf(
      '5',
      'kustomize-api-v0.18.0',
      'api/internal/konfig/builtinpluginconsts',
      'kustomize/api v0.18.0 internal/konfig/builtinpluginconsts',
    ),
  ],
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { sources: { type: 'string' } } })
const unknown = positionals.filter((kind) => !Object.hasOwn(generators, kind))
if (unknown.length > 0) fail(`nothing generates ${unknown.join(', ')}; known: ${Object.keys(generators).join(', ')}`)
const asked = positionals.length > 0 ? positionals : Object.keys(generators)
for (const kind of asked) for (const generator of generators[kind] ?? []) run(kind, generator, positionals.length > 0)

function run(kind: string, { script, source, args }: Generator, isNamed: boolean): void {
  const path = source === undefined ? '' : join(values.sources ?? '', source)
  if (source !== undefined && values.sources === undefined) {
    if (isNamed) fail(`${kind} is made from sources: --sources FOLDER; scripts/generate.ts tells what must be in it`)
    process.stdout.write(`left as it is, without --sources: ${kind} (${source})\n`)
    return
  }
  if (source !== undefined && !existsSync(path)) fail(`${kind}: there is no ${path}`)
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, script), ...(args?.(path) ?? [])],
    { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' },
  )
  if (status !== 0) process.exit(status ?? 1)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
