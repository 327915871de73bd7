import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { words } from '../src/sim/input/words.ts'
import { optionsSchema } from '../src/sim/options-schema.ts'
import { type Shape, tablesOf } from './schema-tables.ts'

/** Writes docs/options.md: what `createSim` takes, from the schema that gives its types and checks it. */

const root = join(import.meta.dirname, '..')
const target = join(root, 'docs/options.md')

/** docs/options.md as the schema makes it. */
export function optionsPage(): string {
  // What zod writes is JSON Schema; of that only what Shape names is read.
  const schema = z.toJSONSchema(optionsSchema, {
    // Functions, bytes and Infinity: no JSON, so that words tell them.
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const expected = words.get(zodSchema)?.expected
      if (expected !== undefined) jsonSchema.$comment = expected.replaceAll('|', '\\|')
    },
  }) as Shape
  const { table, mapBehind, shapeBehind } = tablesOf(schema)
  const tables: Readonly<Record<string, string>> = {
    options: table(schema),
    node: table(mapBehind(schema, 'nodes')),
    kubelet: table(mapBehind(schema, 'kubelet')),
    network: table(mapBehind(schema, 'network')),
    image: table(mapBehind(schema, 'images')),
    provisioner: table(mapBehind(schema, 'provisioners')),
    admission: Object.keys(shapeBehind(schema, 'admission').properties ?? {})
      .map((key) => `\`${key}\``)
      .join(', '),
  }
  return readFileSync(join(root, 'docs/options.template.md'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const made = tables[name]
    if (made === undefined) throw new Error(`the template asks for ${name}`)
    return made
  })
}

if (process.argv[1] === import.meta.filename) writeFileSync(target, optionsPage())
