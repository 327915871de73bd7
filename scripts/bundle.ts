import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild'
import { requireBanner, withoutDevtools } from './bundled-packages.ts'
import { latePackages } from './late-packages.ts'
import { buildPageCore } from './page-core.ts'

/**
 * Puts what is loaded together into one file, for looking for 900 modules takes most of a short run: the command
 * (bin/podsim.js says how it is loaded), the player's screen, which only `podsim play` on a terminal needs, and the library.
 * What they are made of is in the bundles too, but for rxjs, whose Observables the library hands out. Modules one by one, for who wants
 * to read them, are what `tsc` leaves in dist/.
 */
const folder = 'dist/bundle'

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  write: false,
  metafile: true,
  outdir: folder,
}

/**
 * Leaves the player's screen where it is put beside the command. What runs by `vm.Script` with a code cache cannot import
 * by itself (Node.js 20 forgets how), so that the loader does it.
 */
const screenApart: Plugin = {
  name: 'screen-apart',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/show-on-terminal\.tsx$/ }, () => ({ path: 'screen', namespace: 'apart' }))
    onResolve({ filter: /./, namespace: 'apart' }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /./, namespace: 'apart' }, () => ({
      contents: `import { importScreen } from '../../bin/bundle.js'
        export const showOnTerminal = async (...given) => (await importScreen()).showOnTerminal(...given)`,
    }))
  },
}

/**
 * What CommonJS gives a module, as parameters of a function that is the value of the whole text: a script (bin/bundle.js) needs nothing put
 * around it, for which V8 would copy all of it, and for `require` it is what the module exports.
 */
const asFunction = {
  before: `(typeof module==='undefined'?body=>body:body=>module.exports=body)(function(exports,require,module,__filename,__dirname){'use strict';`,
  after: '})',
}

const command: BuildOptions = {
  entryPoints: { podsim: 'src/cli/main.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  plugins: [screenApart, latePackages],
  // CommonJS has no import.meta.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: `${asFunction.before}const importMetaUrl = require('node:url').pathToFileURL(__filename).href` },
  footer: { js: asFunction.after },
}

const screen: BuildOptions = {
  entryPoints: { 'show-on-terminal': 'src/ui/show-on-terminal.tsx' },
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  plugins: [withoutDevtools],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: requireBanner },
}

const library: BuildOptions = {
  entryPoints: {
    index: 'src/index.ts',
    vitest: 'src/testing/vitest.ts',
    assert: 'src/testing/assert.ts',
    'fast-check': 'src/testing/fast-check.ts',
  },
  format: 'esm',
  splitting: true,
  // Streams of the library are to be the user's own, so that their operators and ours know each other.
  external: ['vitest', 'rxjs', 'fast-check'],
  banner: { js: requireBanner },
}

mkdirSync(folder, { recursive: true })
// Declarations are others': scripts/declarations.ts.
for (const old of readdirSync(folder)) if (!old.endsWith('.d.ts')) rmSync(`${folder}/${old}`)
const packages = new Set<string>()
for (const options of [command, screen, library]) {
  const { outputFiles = [], metafile } = await build({ ...common, ...options })
  for (const input of Object.keys(metafile?.inputs ?? {})) addPackage(input)
  for (const file of outputFiles) writeFileSync(`${folder}/${basename(file.path)}`, contentOf(file))
}
const core = await buildPageCore(process.cwd())
for (const input of core.inputs) addPackage(input)
writeFileSync(`${folder}/page-core.js.gz`, core.packed)
writeFileSync(`${folder}/LICENSES.txt`, [...packages].sort().map(licenceOf).join('\n'))
execFileSync(process.execPath, ['scripts/code-cache.cjs'], { stdio: 'inherit' })

function addPackage(input: string): void {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
  if (name !== undefined) packages.add(name)
}

/** What a package whose code is in the bundles wants to be said with it. */
function licenceOf(name: string): string {
  const directory = `node_modules/${name}`
  // npm's own manifests: name, version and licence are texts.
  const { version, license } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Record<string, string>
  const file = readdirSync(directory).find((each) => /^licen[cs]e(?:\.|$)/i.test(each))
  const text = file === undefined ? '' : readFileSync(`${directory}/${file}`, 'utf8').trim()
  return `${name} ${version}, ${license}\n\n${text}\n`
}

/** esbuild escapes what is not ASCII in strings, but not in regular expressions; there, too, an escape means the same. */
function contentOf({ path, text }: OutputFile): string {
  if (path.endsWith('.map')) return text
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
