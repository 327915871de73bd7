import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.shop.example.com' },
  spec: {
    group: 'shop.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  parts: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  labels: { type: 'object', additionalProperties: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    ],
  },
}

const widget = (spec: object, metadata: object = {}) => ({
  apiVersion: 'shop.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w', ...metadata },
  spec,
})

const strange = { zap: 1, size: 1, parts: [{ name: 'a' }, { nmae: 'b' }], free: { any: 1 }, labels: { a: 'b' } }
const strict =
  'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.parts[1].nmae", unknown field "spec.zap"'

function served(version: 'v1.18' | 'v1.24' | 'v1.36') {
  const sim = createSim({ version })
  sim.apply(definition)
  sim.runFor('1s')
  return sim
}

describe('C2 fields that the schema of a custom resource does not name', () => {
  test('kubectl asks for strictness and is refused, before the schema is looked at', () => {
    const sim = served('v1.36')
    const file = JSON.stringify(widget({ ...strange, size: 'x' }))
    const { stderr, exitCode } = sim.kubectl('create -f -', { stdin: file })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Error from server (BadRequest): error when creating "STDIN": ')
    expect(stderr).toContain(strict)
    expect(sim.kubectl('create --validate=false -f -', { stdin: JSON.stringify(widget(strange)) }).exitCode).toBe(0)
    expect(sim.get('Widget', 'w')).toMatchObject({ spec: { size: 1, parts: [{ name: 'a' }, {}], free: { any: 1 } } })
  })

  test('metadata comes first; a patch is held to it as well', () => {
    const sim = served('v1.36')
    const path = '/apis/shop.example.com/v1/namespaces/default/widgets'
    const send = (method: 'POST' | 'PATCH', at: string, body: object) =>
      sim.request({ user: 'admin', groups: ['system:masters'], method, path: at, body, headers: headers[method] })
    const both = send('POST', `${path}?fieldValidation=Strict`, widget({ zap: 1 }, { lable: 1 }))
    expect(both).toMatchObject({
      code: 400,
      body: expect.stringContaining(String.raw`: unknown field \"metadata.lable\", unknown field \"spec.zap\""`),
    })
    expect(send('POST', `${path}?fieldValidation=Strict`, widget({ size: 1 })).code).toBe(201)
    const patched = send('PATCH', `${path}/w?fieldValidation=Strict`, { spec: { zip: 1 } })
    expect(patched).toMatchObject({
      code: 422,
      body: expect.stringContaining(String.raw`strict decoding error: unknown field \"spec.zip\"`),
    })
    const nothing = [{ op: 'replace', path: '', value: null }]
    const json = { 'content-type': 'application/json-patch+json' }
    const answer = sim.request({ user: 'admin', method: 'PATCH', path: `${path}/w`, body: nothing, headers: json })
    expect(answer.code).toBeGreaterThanOrEqual(400)
    expect(send('PATCH', `${path}/w?fieldValidation=Ignore`, { spec: { zip: 1 } }).code).toBe(200)
  })

  test.each(['v1.18', 'v1.24'] as const)('%s prunes them without a word', (version) => {
    const sim = served(version)
    const { exitCode, stderr } = sim.kubectl('create --validate=false -f -', { stdin: JSON.stringify(widget(strange)) })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(sim.get('Widget', 'w')).toMatchObject({ spec: { parts: [{ name: 'a' }, {}] } })
  })
})

const headers = {
  POST: { 'content-type': 'application/json' },
  PATCH: { 'content-type': 'application/merge-patch+json' },
} as const
