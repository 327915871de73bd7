import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Plugin as BuildPlugin, build } from 'esbuild'
import { parseSync, type StaticImport } from 'oxc-parser'
import type { Plugin } from 'vitest/config'
import { requireBanner, withoutDevtools } from '../../scripts/bundled-packages.ts'

const root = join(import.meta.dirname, '../..')
/** Below node_modules, so that Node.js itself loads the bundle, and finds the packages that it imports. */
const cache = join(root, 'node_modules/.cache')

/**
 * Loads the sources as one file. vitest on its own transforms each of 900 modules, in each worker, and puts a getter between
 * any two of them, which costs a sixth of the suite; here esbuild puts them together once a run, and a test that imports
 * `src/kernel/kernel.ts` gets what the bundle has of that module: from the bundle itself, or where it says so in another way
 * than by a plain import, from a module that has its exports. All tests of a worker share the modules, as without it.
 *
 * Not used in watch mode: there vitest must know which test imports what.
 */
export function oneBundle(): Plugin {
  const names = new Map(sources().map((path, index) => [path, `module${index}`]))
  let file: Promise<string> | undefined
  let isUsed = true
  return {
    name: 'podsim:one-bundle',
    enforce: 'pre',
    configureVitest({ vitest }) {
      isUsed = !vitest.config.watch
      if (!isUsed) return
      // Workers begin meanwhile. Whoever needs it hears of what is wrong with it.
      file = bundle(names)
      file.catch(() => {})
    },
    async transform(code, id) {
      if (!isUsed || file === undefined || names.has(id) || !/\.tsx?$/.test(id)) return
      const imports = importsOfSources(code, id, names)
      // What needs no source runs while they are put together.
      return imports.length === 0 ? undefined : { code: importingBundle(code, imports, await file), map: null }
    },
    async load(id) {
      const name = names.get(id)
      if (!isUsed || name === undefined || file === undefined) return
      return { code: exportsOf(id, name, await file), map: { mappings: '' } }
    },
    async buildEnd() {
      if (file !== undefined) rmSync(join(await file, '..'), { recursive: true, force: true })
    },
  }
}

function sources(): readonly string[] {
  const folder = join(root, 'src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
  return files.map((path) => join(folder, path)).sort()
}

/** Writes a module that exports each source under its name; gives its path. */
async function bundle(names: ReadonlyMap<string, string>): Promise<string> {
  mkdirSync(cache, { recursive: true })
  const outfile = join(mkdtempSync(join(cache, 'podsim-tests-')), 'sources.mjs')
  const lines = [...names].map(([path, name]) => `export * as ${name} from './${relative(root, path)}'`)
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: root, sourcefile: 'every-source.ts' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // What tests import as well is one for both, so that their Observables and ours know each other. The rest is put in: Node.js
    // takes a second of processor time in each worker for some 900 modules of packages.
    external: ['rxjs', 'xstate', 'yaml', 'seedrandom', 'fast-check', 'vitest', 'ws'],
    banner: { js: requireBanner },
    sourcemap: true,
    // A failing test has it read once a line of its trace: without the texts, which lie there anyway, that takes a fifth.
    sourcesContent: false,
    outfile,
    plugins: [withoutDevtools, ...planted()],
    // What looks for files beside it lies two folders below the root, as src/cli does.
    define: {
      'process.env.NODE_ENV': '"production"',
      'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'src/cli/version.ts')).href),
    },
  })
  return outfile
}

/** A mistake that `npm run mutants` plants: a text of one file that is replaced. */
function planted(): BuildPlugin[] {
  const given = process.env.PODSIM_PLANTED
  if (given === undefined) return []
  const { file, from, to } = JSON.parse(given) as Readonly<Record<'file' | 'from' | 'to', string>> // scripts/mutants.ts
  const path = join(root, file)
  const plant: BuildPlugin = {
    name: 'podsim:planted',
    setup({ onLoad }) {
      onLoad({ filter: /\.tsx?$/ }, (args) => {
        if (args.path !== path) return undefined
        const parts = readFileSync(path, 'utf8').split(from)
        if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`)
        return { contents: parts.join(to), loader: path.endsWith('x') ? 'tsx' : 'ts' }
      })
    },
  }
  return [plant]
}

/** A statement that imports values of a source. */
interface SourceImport {
  readonly statement: StaticImport
  /** What the bundle calls that source. */
  readonly name: string
}

function importsOfSources(code: string, id: string, names: ReadonlyMap<string, string>): readonly SourceImport[] {
  return parseSync(id, code).module.staticImports.flatMap((statement) => {
    const name = names.get(resolve(dirname(id), statement.moduleRequest.value))
    // For its effects alone, or for types alone: whoever takes away types takes that, too.
    return name === undefined || statement.entries.every(({ isType }) => isType) ? [] : [{ statement, name }]
  })
}

/** The text of a test with its imports of sources turned into one of the bundle. Lines stay where they are. */
function importingBundle(code: string, imports: readonly SourceImport[], bundled: string): string {
  const used = new Set<string>()
  let [text, end] = ['', 0]
  for (const { statement, name } of imports) {
    used.add(name)
    const entries = statement.entries.filter(({ isType }) => !isType)
    const whole = entries.find(({ importName }) => importName.kind === 'NamespaceObject')
    const parts = entries.map(({ importName, localName }) => `${importName.name ?? 'default'}: ${localName.value}`)
    const taken = whole === undefined ? `{ ${parts.join(', ')} }` : whole.localName.value
    const lines = code.slice(statement.start, statement.end).replace(/[^\n]+/g, '')
    text += `${code.slice(end, statement.start)}const ${taken} = ${name};${lines}`
    end = statement.end
  }
  return `import { ${[...used].join(', ')} } from ${JSON.stringify(bundled)};${text}${code.slice(end)}`
}

/** The module at `path` for whoever imports it: its exports, as the bundle has them. */
function exportsOf(path: string, name: string, bundled: string): string {
  const { module } = parseSync(path, readFileSync(path, 'utf8'))
  const entries = module.staticExports.flatMap((statement) => statement.entries)
  // An overloaded function is exported once for each signature.
  const exported = new Set(
    entries.flatMap(({ isType, exportName }) => (isType || exportName.name === null ? [] : [exportName.name])),
  )
  const lines = [...exported].map((each) => `export const ${each} = all.${each}`)
  return [`import { ${name} as all } from ${JSON.stringify(bundled)}`, ...lines].join('\n')
}
