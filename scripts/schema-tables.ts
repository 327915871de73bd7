/** What is read of a JSON Schema. */
export interface Shape {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Shape>>
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  /** What may stand there, in words, where its form does not tell. */
  readonly $comment?: string
}

/** What the pages of docs/ show of a schema: tables of what a map takes, and the forms of values. */
export function tablesOf(root: Shape) {
  function resolved(shape: Shape | undefined): Shape {
    const name = /^#\/\$defs\/(.+)$/.exec(shape?.$ref ?? '')?.[1]
    return name === undefined ? (shape ?? {}) : (root.$defs?.[name] ?? {})
  }

  function branchesOf(shape: Shape | undefined): readonly Shape[] {
    const found = resolved(shape)
    return (found.anyOf ?? [found]).map(resolved)
  }

  function shapeBehind(shape: Shape, key: string): Shape {
    const found = shape.properties?.[key]
    if (found === undefined) throw new Error(`there is nothing behind ${key}`)
    return resolved(found)
  }

  /** The map that a key holds, alone, in a list, or among other forms. */
  function mapBehind(shape: Shape, key: string): Shape {
    const found = mapIn(shapeBehind(shape, key))
    if (found === undefined) throw new Error(`there is no map behind ${key}`)
    return found
  }

  function mapIn(given: Shape | undefined): Shape | undefined {
    const shape = resolved(given)
    if (shape.properties !== undefined) return shape
    if (shape.items !== undefined) return mapIn(shape.items)
    return shape.anyOf?.map(mapIn).find((found) => found !== undefined)
  }

  function table(shape: Shape): string {
    const rows = Object.entries(shape.properties ?? {}).map(([key, value]) => {
      const isRequired = shape.required?.includes(key) ?? false
      const description = value.description ?? resolved(value).description ?? ''
      return `| \`${key}\`${isRequired ? ' (required)' : ''} | ${form(value)} | ${description} |`
    })
    return ['| key | form | meaning |', '| --- | --- | --- |', ...rows].join('\n')
  }

  function form(given: Shape): string {
    const name = /^#\/\$defs\/(.+)$/.exec(given.$ref ?? '')?.[1]
    if (name !== undefined) return name.toLowerCase()
    const shape = given
    if (shape.$comment !== undefined) return shape.$comment
    if (shape.enum !== undefined && shape.enum.length > 20) return 'text'
    if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(', ')
    if (shape.const !== undefined) return `\`${String(shape.const)}\``
    if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(form))].join(' or ')
    if (shape.type === 'array') return `list of ${form(shape.items ?? {})}`
    if (shape.type === 'object') return 'map'
    if (shape.type === 'integer' || shape.type === 'number') return 'number'
    if (shape.type === 'boolean') return '`true` or `false`'
    // Of all patterns only that of durations has units.
    return shape.pattern?.includes('(ms|s|m|h|d)') === true ? 'duration' : 'text'
  }

  return { table, form, resolved, branchesOf, shapeBehind, mapBehind }
}
