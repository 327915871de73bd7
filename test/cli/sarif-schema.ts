/** An object with these members and no other. */
const shape = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
})
const list = (items: object) => ({ type: 'array', items })
const text = { type: 'string', minLength: 1 }
const message = shape({ text }, ['text'])
const fromOne = { type: 'integer', minimum: 1 }

const rule = shape({ id: text, shortDescription: message }, ['id'])
const driver = shape({ name: text, version: text, rules: list(rule) }, ['name'])
const location = shape({
  physicalLocation: shape(
    {
      artifactLocation: shape({ uri: { type: 'string', pattern: '^[^ ]+$' } }),
      region: shape({ startLine: fromOne, startColumn: fromOne }),
    },
    ['artifactLocation'],
  ),
})
const result = shape(
  {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: -1 },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message,
    locations: list(location),
  },
  ['message'],
)

/** What the schema of OASIS (sarif-schema-2.1.0.json) says of the members that podsim writes. */
export const sarifSchema = shape(
  {
    $schema: text,
    version: { const: '2.1.0' },
    runs: list(shape({ tool: shape({ driver }, ['driver']), results: list(result) }, ['tool'])),
  },
  ['version', 'runs'],
)
