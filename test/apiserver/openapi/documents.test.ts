import { describe, expect, test } from 'vitest'
import { WireReader } from '../../../src/api/protobuf/wire-reader.ts'
import type { KindRef } from '../../../src/api/schema/schema.ts'
import { utf8Text } from '../../../src/bytes/bytes.ts'
import type { HttpAnswer } from '../../../src/client/server.ts'
import { createSim } from '../../../src/sim/create-sim.ts'

const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
}

const young = createSim({ version: 'v1.36', nodes: 0, journal: 'off' })
const old = createSim({ version: 'v1.18', nodes: 0, journal: 'off' })

function get(sim: typeof young, path: string, accept?: string): HttpAnswer {
  const answer = sim.request({ method: 'GET', path, user: 'admin', ...(accept === undefined ? {} : { accept }) })
  if ('read' in answer) throw new Error('a document is no stream')
  return answer
}

/** A document as its readers walk through it. */
interface Document {
  readonly [member: string]: Document & string
}

const read = (sim: typeof young, path: string) => JSON.parse(get(sim, path).body) as Document // the answer is JSON

describe('/openapi/v3', () => {
  test('has a document for each group and version, custom resources from when they are defined', () => {
    const paths = () => Object.keys(read(young, '/openapi/v3').paths ?? {})
    expect(paths()).toContain('apis/apps/v1')
    expect(paths()).not.toContain('apis/example.com/v1')
    young.apply(widgets)
    expect(paths()).toContain('apis/example.com/v1')
    const custom = read(young, '/openapi/v3/apis/example.com/v1')
    expect(custom.components?.schemas?.['com.example.v1.Widget']?.properties?.spec?.properties?.size).toEqual({
      type: 'integer',
    })
  })

  test('schemas tell how patches merge lists, and of which kind they are', () => {
    const { components, paths } = read(young, '/openapi/v3/apis/apps/v1')
    expect(components?.schemas?.['io.k8s.api.core.v1.PodSpec']?.properties?.containers).toMatchObject({
      type: 'array',
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    expect(components?.schemas?.['io.k8s.api.apps.v1.Deployment']?.['x-kubernetes-group-version-kind']).toEqual([
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ])
    const patch = paths?.['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch
    expect(JSON.stringify(patch)).toContain('"name":"fieldValidation"')
  })

  test('is not there in v1.18', () => {
    expect(get(old, '/openapi/v3').code).toBe(404)
  })
})

describe('/openapi/v2', () => {
  test('is one document, in which v1.18 has no validation of fields by the server', () => {
    const document = read(old, '/openapi/v2')
    expect(document.definitions?.['io.k8s.api.core.v1.Secret']?.properties?.data).toEqual({
      description: expect.stringMatching(/^Data contains the secret data\./),
      type: 'object',
      additionalProperties: { type: 'string', format: 'byte' },
    })
    const patch = JSON.stringify(document.paths?.['/api/v1/namespaces/{namespace}/secrets/{name}']?.patch)
    expect(patch).toContain('"name":"dryRun"')
    expect(patch).not.toContain('fieldValidation')
  })

  test('in protobuf, for client-go', () => {
    const answer = get(old, '/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf')
    const reader = new WireReader(answer.bytes ?? new Uint8Array())
    const lengths: Record<number, number> = {}
    let swagger = ''
    while (!reader.isAtEnd) {
      const { number } = reader.tag()
      const content = reader.bytes()
      lengths[number] = content.length
      if (number === 1) swagger = utf8Text(content)
    }
    expect(swagger).toBe('2.0')
    expect(Object.keys(lengths)).toEqual(['1', '2', '8', '9'])
    expect(lengths[9]).toBeGreaterThan(100_000)
  })
})

describe('discovery in one answer', () => {
  const accept =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

  test('for who asks, where the version has it', () => {
    const answer = get(young, '/apis', accept)
    expect(answer.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    const { items } = JSON.parse(answer.body) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[]
    } // as it says
    const apps = items.find(({ metadata }) => metadata.name === 'apps')
    expect(JSON.stringify(apps)).toContain(
      '"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced"',
    )
    expect(JSON.parse(get(young, '/api', accept).body)).toMatchObject({ kind: 'APIGroupDiscoveryList' })
  })

  test('elsewhere it is answered as ever', () => {
    expect(JSON.parse(get(old, '/apis', accept).body)).toMatchObject({ kind: 'APIGroupList' })
    expect(JSON.parse(get(young, '/apis').body)).toMatchObject({ kind: 'APIGroupList' })
  })
})

test('an Eviction is taken in both of its versions', () => {
  for (const version of ['v1', 'v1beta1']) {
    const body = { apiVersion: `policy/${version}`, kind: 'Eviction', metadata: { name: 'none' } }
    const path = '/api/v1/namespaces/default/pods/none/eviction'
    const answer = young.request({ method: 'POST', path, user: 'admin', groups: ['system:masters'], body })
    expect('body' in answer && answer.body).toContain('pods \\"none\\" not found')
  }
})

describe('kinds that every group has', () => {
  const groups = (sim: typeof young, kind: string): readonly KindRef[] =>
    JSON.parse(get(sim, '/openapi/v2').body).definitions[`io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`][
      'x-kubernetes-group-version-kind'
    ]

  test.each(['DeleteOptions', 'WatchEvent'])('%s is listed with each group of the scheme, served or not', (kind) => {
    expect(groups(old, kind)).toHaveLength(47)
    expect(groups(old, kind)).toContainEqual({ group: 'imagepolicy.k8s.io', version: 'v1alpha1', kind })
    expect(groups(young, kind)).toHaveLength(60)
    expect(groups(young, kind)).toContainEqual({ group: 'apps', version: 'v1beta1', kind })
  })

  test.each(['v1.19', 'v1.24', 'v1.25', 'v1.30'] as const)(
    '%s: those of the nearest document, and what is served',
    (version) => {
      const found = groups(createSim({ version, nodes: 0, journal: 'off' }), 'WatchEvent')
      expect(found).toContainEqual({ group: '', version: 'v1', kind: 'WatchEvent' })
      expect(found).toContainEqual({ group: 'admission.k8s.io', version: 'v1', kind: 'WatchEvent' })
      expect(new Set(found.map(({ group, version }) => `${group}/${version}`)).size).toBe(found.length)
    },
  )
})
