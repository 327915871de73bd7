import { rows } from './generated/fields.ts'

/** How values are written: text, whole number, truth, bytes, 64-bit float, or a message. */
export type ValueType = 's' | 'i' | 'b' | 'y' | 'd' | Message

/** A field of a message as JSON has it. */
export interface MessageField {
  readonly number: number
  readonly name: string
  /** `inline`: JSON has its fields among those of the message that holds it. */
  readonly shape: 'one' | 'list' | 'map' | 'inline'
  /** Whether Go tells an empty value from none. */
  readonly isPointer: boolean
  readonly type: ValueType
}

/** A message with its fields by number; they are made when they are first asked for, for messages hold each other in circles. */
export class Message {
  /** `api.core.v1.PodSpec` */
  readonly name: string
  readonly #row: string
  #fields: ReadonlyMap<number, MessageField> | undefined

  constructor(row: string) {
    const space = row.indexOf(' ')
    this.name = space < 0 ? row : row.slice(0, space)
    this.#row = space < 0 ? '' : row.slice(space + 1)
  }

  get fields(): ReadonlyMap<number, MessageField> {
    this.#fields ??= new Map(this.#row === '' ? [] : this.#row.split(' ').map((text) => numbered(fieldOf(text))))
    return this.#fields
  }

  /** The last part of its name. */
  get kind(): string {
    return this.name.slice(this.name.lastIndexOf('.') + 1)
  }
}

function numbered(field: MessageField): [number, MessageField] {
  return [field.number, field]
}

function fieldOf(text: string): MessageField {
  const colon = text.indexOf(':')
  const equals = text.indexOf('=', colon)
  const [, mark = '', code = ''] = /^(\[\]|\{\}|\*|\^|)(.*)$/.exec(text.slice(equals + 1)) ?? []
  return {
    number: Number(text.slice(0, colon)),
    name: text.slice(colon + 1, equals),
    shape: mark === '[]' ? 'list' : mark === '{}' ? 'map' : mark === '^' ? 'inline' : 'one',
    isPointer: mark === '*',
    type: code.startsWith('#') ? messageAt(Number(code.slice(1))) : (code as Exclude<ValueType, Message>), // scripts/generate-protobuf.ts writes nothing else
  }
}

let table: { readonly list: readonly Message[]; readonly byName: ReadonlyMap<string, Message> } | undefined

function messages(): NonNullable<typeof table> {
  if (table === undefined) {
    const list = rows.split('\n').map((row) => new Message(row))
    table = { list, byName: new Map(list.map((message) => [message.name, message])) }
  }
  return table
}

function messageAt(position: number): Message {
  const found = messages().list[position]
  if (found === undefined) throw new Error(`the table of messages has no row ${position}`)
  return found
}

/** The message of a definition of the schema (`io.k8s.api.core.v1.Pod`), if Kubernetes has one. */
export function messageOf(definition: string): Message | undefined {
  return messages().byName.get(definition.replace(/^io\.k8s\./, '').replaceAll('-', '_'))
}
