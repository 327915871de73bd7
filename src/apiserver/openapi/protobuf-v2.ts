import { isObject } from '../../api/json.ts'
import { WireWriter } from '../../api/protobuf/wire-writer.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import type { DocumentV2, OperationV2 } from './documents.ts'
import type { SchemaJson } from './schema-json.ts'

/** `/openapi/v2` in protobuf, the only form that client-go asks for. Numbers: gnostic-models openapiv2/OpenAPIv2.proto. */
export function encodeDocumentV2({ swagger, info, paths, definitions }: DocumentV2): Uint8Array {
  return message((document) => {
    document.text(1, swagger)
    document.content(2, titled(info))
    document.content(
      8,
      message((all) => {
        for (const [path, item] of Object.entries(paths)) all.content(2, namedPart(path, pathItem(item)))
      }),
    )
    document.content(9, properties(definitions))
  })
}

function message(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter()
  write(writer)
  return writer.bytes()
}

/** Of NamedPathItem, NamedSchema, NamedAny and NamedResponseValue alike. */
function namedPart(name: string, value: Uint8Array): Uint8Array {
  return message((part) => {
    part.text(1, name)
    part.content(2, value)
  })
}

function titled({ title, version }: DocumentV2['info']): Uint8Array {
  return message((part) => {
    part.text(1, title)
    part.text(2, version)
  })
}

const methodNumbers: Readonly<Record<string, number>> = {
  get: 2,
  put: 3,
  post: 4,
  delete: 5,
  options: 6,
  head: 7,
  patch: 8,
}

function pathItem(item: Readonly<Record<string, OperationV2>>): Uint8Array {
  return message((part) => {
    for (const [method, operation] of Object.entries(item)) {
      const number = methodNumbers[method]
      if (number !== undefined) part.content(number, operationPart(operation))
    }
  })
}

function operationPart(operation: OperationV2): Uint8Array {
  return message((part) => {
    for (const type of operation.consumes) part.text(7, type)
    for (const { name, in: place, type } of operation.parameters) {
      const query = message((own) => {
        own.text(2, place)
        own.text(4, name)
        own.text(6, type)
      })
      // ParametersItem, Parameter, NonBodyParameter: each holds one of several.
      part.content(8, holding(1, holding(2, holding(3, query))))
    }
    part.content(9, responsesPart(operation.responses))
    extensions(part, 13, operation)
  })
}

function holding(number: number, content: Uint8Array): Uint8Array {
  return message((part) => part.content(number, content))
}

function responsesPart(responses: OperationV2['responses']): Uint8Array {
  return message((part) => {
    for (const [code, { description, schema }] of Object.entries(responses)) {
      const response = message((own) => {
        own.text(1, description)
        if (schema !== undefined) own.content(2, holding(1, schemaPart(schema)))
      })
      part.content(1, namedPart(code, holding(1, response)))
    }
  })
}

function properties(schemas: Readonly<Record<string, SchemaJson>>): Uint8Array {
  return message((part) => {
    for (const [name, schema] of Object.entries(schemas)) part.content(1, namedPart(name, schemaPart(schema)))
  })
}

const schemaTexts: Readonly<Record<string, number>> = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 }

function schemaPart(schema: SchemaJson): Uint8Array {
  return message((part) => {
    for (const [key, number] of Object.entries(schemaTexts)) {
      const text = schema[key]
      if (typeof text === 'string') part.text(number, text)
    }
    const { required, additionalProperties, type, items, properties: own } = schema
    if (Array.isArray(required)) for (const name of required) part.text(19, String(name))
    if (isObject(additionalProperties)) part.content(21, holding(1, schemaPart(additionalProperties)))
    else if (typeof additionalProperties === 'boolean')
      part.content(
        21,
        message((either) => either.integer(2, additionalProperties ? 1 : 0)),
      )
    if (typeof type === 'string')
      part.content(
        22,
        message((list) => list.text(1, type)),
      )
    if (isObject(items)) part.content(23, holding(1, schemaPart(items)))
    // Members of a schema's properties are schemas.
    if (isObject(own)) part.content(25, properties(own as Readonly<Record<string, SchemaJson>>))
    extensions(part, 31, schema)
  })
}

function extensions(part: WireWriter, number: number, of: object): void {
  for (const [name, value] of Object.entries(of)) {
    if (!name.startsWith('x-')) continue
    const any = message((own) => own.text(2, toGoYaml(value)))
    part.content(number, namedPart(name, any))
  }
}
