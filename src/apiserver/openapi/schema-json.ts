import type { Descriptions } from '../../api/schema/descriptions.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../../api/schema/schema.ts'

/** Schemas of kinds as OpenAPI documents have them. Source: kube-openapi pkg/builder. */

/** A JSON Schema, as far as OpenAPI documents of Kubernetes have it. */
export type SchemaJson = Readonly<Record<string, unknown>>

const meta = 'io.k8s.apimachinery.pkg'

/** Types that are definitions of their own; `v3` where OpenAPI v3 has them otherwise. */
const named: Readonly<
  Partial<Record<ScalarType, { readonly name: string; readonly v2: SchemaJson; readonly v3?: SchemaJson }>>
> = {
  quantity: {
    name: `${meta}.api.resource.Quantity`,
    v2: { type: 'string' },
    v3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: `${meta}.util.intstr.IntOrString`,
    v2: { type: 'string', format: 'int-or-string' },
    v3: { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' },
  },
  time: { name: `${meta}.apis.meta.v1.Time`, v2: { type: 'string', format: 'date-time' } },
  microTime: { name: `${meta}.apis.meta.v1.MicroTime`, v2: { type: 'string', format: 'date-time' } },
}

const plain: Readonly<Partial<Record<ScalarType, SchemaJson>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  any: {},
}

/** Schemas by name, as a document needs them: what one refers to is collected. */
export class SchemaCollection {
  readonly #schemas = new Map<string, SchemaJson>()
  readonly #version: 2 | 3
  readonly #kindsOf: (definition: string) => readonly SchemaJson[]
  readonly #words: Descriptions

  constructor(version: 2 | 3, kindsOf: (definition: string) => readonly SchemaJson[], words: Descriptions) {
    this.#version = version
    this.#kindsOf = kindsOf
    this.#words = words
  }

  /** Adds a definition with all that it refers to. */
  add(definition: Definition): void {
    if (this.#schemas.has(definition.name)) return
    // Named before its fields are looked at: definitions refer to each other in circles.
    this.#schemas.set(definition.name, {})
    const kinds = this.#kindsOf(definition.name)
    const required = [...definition.fields.values()].filter((field) => field.required).map(({ name }) => name)
    this.#schemas.set(definition.name, {
      ...described(this.#words.ofType(definition.name)),
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(
        [...definition.fields.values()].map((field) => [field.name, this.#field(definition, field)]),
      ),
      ...(kinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': kinds }),
    })
  }

  /** Adds a schema that somebody else has. */
  set(name: string, schema: SchemaJson): void {
    this.#schemas.set(name, schema)
  }

  /** By name. */
  json(): Readonly<Record<string, SchemaJson>> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** How one schema refers to another. */
  reference(name: string): SchemaJson {
    return { $ref: `${this.#version === 2 ? '#/definitions/' : '#/components/schemas/'}${name}` }
  }

  #field({ name, fields }: Definition, field: FieldSchema): SchemaJson {
    const { mergeKey, patchStrategies, listType, listMapKeys } = field
    const values = this.#words.valuesOf(name, field.name)
    const more = {
      ...described(this.#words.ofField(name, fields.keys(), field.name)),
      ...(values.length === 0 ? {} : { enum: values }),
      ...(mergeKey === '' ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
      ...(patchStrategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': patchStrategies.join(',') }),
      ...(listType === '' ? {} : { 'x-kubernetes-list-type': listType }),
      ...(listMapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
    }
    const type = this.#type(field.type, this.#words.anythingOf(name, field.name))
    // A reference has nothing beside it in OpenAPI v3.
    return '$ref' in type && this.#version === 3 && Object.keys(more).length > 0
      ? { allOf: [type], ...more }
      : { ...type, ...more }
  }

  /** `anything`: the definition that a type of anything refers to. */
  #type(type: FieldType, anything: string | undefined): SchemaJson {
    switch (type.kind) {
      case 'object':
        this.add(type.definition)
        return this.reference(type.definition.name)
      case 'list':
        return { type: 'array', items: this.#type(type.items, anything) }
      case 'map':
        return { type: 'object', additionalProperties: this.#type(type.values, anything) }
      case 'scalar': {
        if (type.scalar === 'any' && anything !== undefined)
          return this.#named(anything, isObjectAnyway(anything) ? { type: 'object' } : {})
        const known = named[type.scalar]
        if (known === undefined) return plain[type.scalar] ?? {}
        return this.#named(known.name, this.#version === 3 ? (known.v3 ?? known.v2) : known.v2)
      }
    }
  }

  /** A reference to a definition without fields, which is told, too. */
  #named(name: string, schema: SchemaJson): SchemaJson {
    this.set(name, { ...described(this.#words.ofType(name)), ...schema })
    return this.reference(name)
  }
}

/** Raw objects; what else may be anything may be a text, too. Source: OpenAPISchemaType of these types. */
function isObjectAnyway(name: string): boolean {
  return name.endsWith('.RawExtension') || name.endsWith('.FieldsV1')
}

function described(description: string): SchemaJson {
  return description === '' ? {} : { description }
}
