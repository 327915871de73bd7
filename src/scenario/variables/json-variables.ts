/** Variables in the JSON Schema: where a number, a word of several or a pattern is wanted, `${{ name }}` may stand for it. */

type Schema = Readonly<Record<string, unknown>>

const variable = { $ref: '#/$defs/Variable' } as const

/** The same schema, which takes variables where the loader does. What declares them (`params`, `matrix`, `with`) stays as it is. */
export function withVariables(schema: Schema): Schema {
  const taken = taking(schema)
  const { $defs } = taken
  const definitions = isSchema($defs) ? $defs : {}
  const Variable = {
    type: 'string',
    pattern: '\\$\\{\\{\\s*[A-Za-z_][\\w-]*\\s*\\}\\}',
    description: 'A variable of the scenario',
  }
  return { ...taken, $defs: { ...definitions, Variable } }
}

/** Keys whose values are schemas by name; those of one schema; those of several. */
const maps = ['properties', '$defs', 'patternProperties'] as const
const single = ['items', 'additionalProperties'] as const
const several = ['anyOf', 'oneOf', 'prefixItems'] as const

/** What declares variables, or takes values for them. */
const declaring: ReadonlySet<string> = new Set(['params', 'matrix', 'with', 'set'])

function taking(schema: Schema): Schema {
  const made: Record<string, unknown> = { ...schema }
  for (const key of maps) {
    const { [key]: inner } = schema
    if (!isSchema(inner)) continue
    made[key] = Object.fromEntries(
      Object.entries(inner).map(([name, value]) => [
        name,
        isSchema(value) && !(key === 'properties' && declaring.has(name)) ? taking(value) : value,
      ]),
    )
  }
  for (const key of single) {
    const { [key]: inner } = schema
    if (isSchema(inner)) made[key] = taking(inner)
  }
  for (const key of several) {
    const { [key]: inner } = schema
    if (Array.isArray(inner)) made[key] = inner.map((each: unknown) => (isSchema(each) ? taking(each) : each))
  }
  return isNarrow(schema) ? alternative(made) : made
}

/** Whether a text with a variable would be refused although the value that it stands for may be good. */
function isNarrow({ type, enum: words, pattern, const: only }: Schema): boolean {
  if (words !== undefined || only !== undefined) return true
  return type === 'integer' || type === 'number' || type === 'boolean' || (type === 'string' && pattern !== undefined)
}

/** The schema, or a variable; what is told of it stays outside, where editors look for it. */
function alternative({ description, title, ...schema }: Schema): Schema {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: [schema, variable],
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
