import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import ts from '@typescript/typescript6'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

/**
 * Puts the declarations that `tsc` left in dist/ into one file for each entry, beside the bundles, with nothing in them that
 * would have to be installed beside podsim and rxjs: types that are taken from schemas are written out.
 */

/** Files with types that are taken from schemas; a name stands for itself in those that come after it. */
const fromSchemas: Readonly<Record<string, readonly string[]>> = {
  'dist/sim/options.d.ts': ['KubeletOptions', 'NetworkOptions', 'ImageOptions', 'NodeOptions', 'SimOptions'],
  'dist/sim/fault-table.d.ts': ['FaultInput'],
}

const program = ts.createProgram(Object.keys(fromSchemas), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: [],
})
const checker = program.getTypeChecker()

function writtenOut(file: string, names: readonly string[]): string {
  const source = program.getSourceFile(file)
  if (source === undefined) throw new Error(`there is no ${file}`)
  const known = new Map<string, string>()
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  for (const name of names) {
    const alias = source.statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name)
    if (alias === undefined || !ts.isTypeAliasDeclaration(alias)) throw new Error(`${file} has no type ${name}`)
    const { NoTruncation, InTypeAlias, UseFullyQualifiedType } = ts.TypeFormatFlags
    const whole = checker.typeToString(
      checker.getTypeAtLocation(alias),
      source,
      NoTruncation | InTypeAlias | UseFullyQualifiedType,
    )
    // The plain name means the same, and older compilers know no other.
    const plain = whole.replaceAll('Uint8Array<ArrayBufferLike>', 'Uint8Array')
    const text = [...known].reduce((shorter, [other, its]) => shorter.replaceAll(its, other), plain)
    known.set(name, plain)
    edits.push({ start: alias.type.getStart(source), end: alias.type.end, text })
  }
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: type }) => text.slice(0, start) + type + text.slice(end), source.text)
}

for (const [file, names] of Object.entries(fromSchemas)) writeFileSync(file, writtenOut(file, names))

const folder = 'dist/bundle'
mkdirSync(folder, { recursive: true })
for (const old of readdirSync(folder)) if (old.endsWith('.d.ts')) rmSync(`${folder}/${old}`)
const bundle = await rollup({
  input: {
    index: 'dist/index.d.ts',
    vitest: 'dist/testing/vitest.d.ts',
    assert: 'dist/testing/assert.d.ts',
    'fast-check': 'dist/testing/fast-check.d.ts',
  },
  plugins: [dts()],
  external: ['vitest', 'fast-check', 'zod', 'rxjs', 'xstate'],
})
const { output } = await bundle.write({ dir: folder, format: 'es', chunkFileNames: 'types-[hash].d.ts' })
await bundle.close()
for (const { fileName } of output) {
  const foreign = [...readFileSync(`${folder}/${fileName}`, 'utf8').matchAll(/from '([^'.][^']*)'/g)]
    .map(([, name]) => name)
    .filter((name) => !['vitest', 'podsim/vitest', 'fast-check', 'rxjs'].includes(name ?? ''))
  if (foreign.length > 0) throw new Error(`the public declarations take types from ${foreign.join(', ')}`)
}
