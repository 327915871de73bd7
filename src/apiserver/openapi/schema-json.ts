import type { Definition, FieldSchema, FieldType, ScalarType } from '../../api/schema/schema.ts'

/** Schemas of kinds as OpenAPI documents have them. Descriptions are not told: podsim has none. Source: kube-openapi pkg/builder. */

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

  constructor(version: 2 | 3, kindsOf: (definition: string) => readonly SchemaJson[]) {
    this.#version = version
    this.#kindsOf = kindsOf
  }

  /** Adds a definition with all that it refers to. */
  add(definition: Definition): void {
    if (this.#schemas.has(definition.name)) return
    // Named before its fields are looked at: definitions refer to each other in circles.
    this.#schemas.set(definition.name, {})
    const kinds = this.#kindsOf(definition.name)
    const required = [...definition.fields.values()].filter((field) => field.required).map(({ name }) => name)
    this.#schemas.set(definition.name, {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries([...definition.fields.values()].map((field) => [field.name, this.#field(field)])),
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

  #field(field: FieldSchema): SchemaJson {
    const { mergeKey, patchStrategies, listType, listMapKeys } = field
    const hints = {
      ...(mergeKey === '' ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
      ...(patchStrategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': patchStrategies.join(',') }),
      ...(listType === '' ? {} : { 'x-kubernetes-list-type': listType }),
      ...(listMapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
    }
    const type = this.#type(field.type)
    // A reference has nothing beside it in OpenAPI v3.
    return '$ref' in type && this.#version === 3 && Object.keys(hints).length > 0
      ? { allOf: [type], ...hints }
      : { ...type, ...hints }
  }

  #type(type: FieldType): SchemaJson {
    switch (type.kind) {
      case 'object':
        this.add(type.definition)
        return this.reference(type.definition.name)
      case 'list':
        return { type: 'array', items: this.#type(type.items) }
      case 'map':
        return { type: 'object', additionalProperties: this.#type(type.values) }
      case 'scalar': {
        const known = named[type.scalar]
        if (known === undefined) return plain[type.scalar] ?? {}
        this.set(known.name, this.#version === 3 ? (known.v3 ?? known.v2) : known.v2)
        return this.reference(known.name)
      }
    }
  }
}
