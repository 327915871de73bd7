import { isObject, objectAt, textAt } from '../../go/json.ts'

/** A schema of an OpenAPI document, as far as `explain` reads it. */
export type SchemaNode = Readonly<Record<string, unknown>>

/** Where a document keeps its schemas, and how they are found. */
export interface SchemaDocument {
  /** What `$ref` of a schema leads to; undefined without one, or when nothing is there. */
  resolve(schema: SchemaNode): SchemaNode | undefined
  /** The schema of a kind. */
  kind(group: string, version: string, kind: string): SchemaNode | undefined
}

/** `path`: `definitions` of OpenAPI v2, `components/schemas` of v3. */
export function schemaDocument(document: unknown, ...path: readonly string[]): SchemaDocument {
  const schemas = objectAt(document, ...path)
  return {
    resolve: (schema) => {
      const name = textAt(schema, '$ref').split('/').at(-1) ?? ''
      const found = schemas[name]
      return name !== '' && isObject(found) ? found : undefined
    },
    kind: (group, version, kind) =>
      Object.values(schemas).find(
        (schema): schema is SchemaNode =>
          isObject(schema) &&
          Array.isArray(schema['x-kubernetes-group-version-kind']) &&
          schema['x-kubernetes-group-version-kind'].some(
            (one) =>
              textAt(one, 'group') === group && textAt(one, 'version') === version && textAt(one, 'kind') === kind,
          ),
      ),
  }
}

/** A schema below another one; undefined where there is none, or a boolean. */
export function inner(schema: SchemaNode, field: 'items' | 'additionalProperties'): SchemaNode | undefined {
  const found = schema[field]
  return isObject(found) ? found : undefined
}

/** The fields of a type; undefined when it has none. */
export function propertiesOf(schema: SchemaNode): Readonly<Record<string, SchemaNode>> | undefined {
  // Members of a schema's properties are schemas.
  return isObject(schema.properties) ? (schema.properties as Readonly<Record<string, SchemaNode>>) : undefined
}

/** Whether a field must be there. */
export function isRequired(schema: SchemaNode, field: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(field)
}
