import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../src/index.ts'
import { admin, newApiServer } from './new-api-server.ts'
import { newApi } from './registry/api.ts'

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)( (\\d+|\\*)){4}$' },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        policy: { type: 'string', enum: ['Allow', 'Forbid'] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        names: { type: 'array', maxItems: 2, items: { type: 'string', minLength: 2 } },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { phase: { type: 'string' } } },
  },
}

function definition(version: 'v1' | 'v1beta1', spec: object): object {
  return {
    apiVersion: `apiextensions.k8s.io/${version}`,
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: { group: 'stable.example.com', names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'] }, ...spec },
  }
}

const cronTabs = definition('v1', {
  scope: 'Namespaced',
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: schema },
      subresources: { status: {} },
      additionalPrinterColumns: [
        { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
        { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    },
  ],
})

function cronTab(name: string, spec: object, more: object = {}): object {
  return { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name }, spec, ...more }
}

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const path = '/apis/stable.example.com/v1/namespaces/default/crontabs'

function served() {
  const api = newApi()
  api.post(definitions, cronTabs)
  return api
}

describe('O3 custom resources', () => {
  test('a definition of v1 needs schemas, a storage version and the name of its plural', () => {
    const { send } = newApi()
    const bare = { scope: 'Everywhere', versions: [{ name: 'V1', served: true, storage: false }] }
    const given = { ...definition('v1', bare), metadata: { name: 'x' } }
    expect(send('POST', definitions, given).body.details.causes).toEqual([
      expect.objectContaining({
        field: 'metadata.name',
        message: 'Invalid value: "x": must be spec.names.plural+"."+spec.group',
      }),
      expect.objectContaining({
        field: 'spec.scope',
        message: 'Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"',
      }),
      expect.objectContaining({
        field: 'spec.versions[0].schema.openAPIV3Schema',
        message: 'Required value: schemas are required',
      }),
      expect.objectContaining({ field: 'spec.versions[0].name' }),
      expect.objectContaining({
        field: 'spec.versions',
        message: expect.stringMatching(/must have exactly one version marked as storage version$/),
      }),
      expect.objectContaining({ field: 'spec.version' }),
      expect.objectContaining({
        field: 'status.storedVersions',
        message: 'Invalid value: []string(nil): must have at least one stored version',
      }),
    ])
  })

  test('a pattern that is none is refused with what Go says of it; in v1beta1 it is told when it is used', () => {
    const broken = {
      type: 'object',
      properties: { size: { type: 'string', pattern: '(' }, ok: { type: 'string', pattern: 'a+' } },
    }
    const spec = {
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: broken } }],
    }
    expect(newApi().send('POST', definitions, definition('v1', spec)).body.details.causes).toEqual([
      {
        reason: 'FieldValueInvalid',
        field: 'spec.validation.openAPIV3Schema.properties[size].pattern',
        message:
          'Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`',
      },
    ])
    const api = newApi()
    const old = { version: 'v1', scope: 'Namespaced', validation: { openAPIV3Schema: broken } }
    api.post('/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions', definition('v1beta1', old))
    const made = { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: 'x' }, size: 'x' }
    expect(api.send('POST', path, made).body.message).toContain(
      "size in body should match '(, but pattern is invalid: error parsing regexp: missing closing ): `(`'",
    )
  })

  test('a pattern that repeats what repeats is matched in no time', () => {
    const api = newApi()
    const greedy = { type: 'object', properties: { size: { type: 'string', pattern: '^(a+)+$' } } }
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: greedy } }]
    api.post(definitions, definition('v1', { scope: 'Namespaced', versions }))
    const made = (size: string) => ({
      apiVersion: 'stable.example.com/v1',
      kind: 'CronTab',
      metadata: { name: 'x' },
      size,
    })
    expect(api.send('POST', path, made(`${'a'.repeat(40)}!`)).code).toBe(422)
    expect(api.send('POST', path, made('a'.repeat(40))).code).toBe(201)
  })

  test('a finalizer needs no domain, whether it comes with the object or by an update', () => {
    const { send } = served()
    const spec = { cronSpec: '* * * * *' }
    expect(send('POST', path, cronTab('a', spec)).code).toBe(201)
    const patch = { metadata: { finalizers: ['mine'] } }
    expect(send('PATCH', `${path}/a`, patch, 'application/merge-patch+json').code).toBe(200)
  })

  test('unknown fields are pruned, defaults set, status kept for its subresource', () => {
    const { send } = served()
    const spec = { cronSpec: '* * * * *', unknown: 1, labels: { a: 'b' }, free: { x: [1] }, port: 'http' }
    const made = send('POST', path, cronTab('a', spec, { status: { phase: 'x' }, other: true }))
    expect(made.code).toBe(201)
    const { unknown: _gone, ...kept } = spec
    expect(made.body).toMatchObject({ metadata: { generation: 1 }, spec: { ...kept, replicas: 1 } })
    expect(Object.keys(made.body).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'spec'])
    const patch = { status: { phase: 'done', bogus: 1 }, spec: { replicas: 9 } }
    const status = send('PATCH', `${path}/a/status`, patch, 'application/merge-patch+json').body
    expect(status).toMatchObject({ spec: { replicas: 1 }, metadata: { generation: 1 } })
    expect(status.status).toEqual({ phase: 'done' })
  })

  test.each([
    [{}, 'spec.cronSpec: Required value'],
    [
      { cronSpec: 5 },
      'spec.cronSpec: Invalid value: "integer": spec.cronSpec in body must be of type string: "integer"',
    ],
    [
      { cronSpec: 'x' },
      `spec.cronSpec: Invalid value: "x": spec.cronSpec in body should match '^(\\d+|\\*)( (\\d+|\\*)){4}$'`,
    ],
    [
      { cronSpec: '* * * * *', replicas: 11 },
      'spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10',
    ],
    [
      { cronSpec: '* * * * *', policy: 'No' },
      'spec.policy: Unsupported value: "No": supported values: "Allow", "Forbid"',
    ],
    [
      { cronSpec: '* * * * *', names: ['a'] },
      'spec.names.0: Invalid value: "a": spec.names.0 in body should be at least 2 chars long',
    ],
  ])('what breaks the schema is refused: %j', (spec, error) => {
    expect(served().send('POST', path, cronTab('a', spec))).toMatchObject({
      code: 422,
      body: { message: `CronTab.stable.example.com "a" is invalid: ${error}` },
    })
  })

  test.each([
    { minor: 18, policy: 'refused', replicas: 'refused' },
    { minor: 36, policy: 'dropped', replicas: 1 },
  ])('1.$minor: what becomes of a null that the schema does not allow', (row) => {
    const { post } = newApi(row.minor)
    post(definitions, cronTabs)
    const told = (name: string, spec: object, field: string) => {
      const { message, spec: kept } = post(path, cronTab(name, { cronSpec: '* * * * *', ...spec }))
      return kept === undefined
        ? message.includes('must be of type')
          ? 'refused'
          : message
        : (kept[field] ?? 'dropped')
    }
    expect(told('a', { policy: null }, 'policy')).toBe(row.policy)
    expect(told('b', { replicas: null }, 'replicas')).toBe(row.replicas)
  })

  test('bodies of another kind or version, and strategic patches, are refused', () => {
    const { send } = served()
    const spec = { cronSpec: '* * * * *' }
    expect(send('POST', path, { ...cronTab('a', spec), apiVersion: 'stable.example.com/v2' }).body.message).toBe(
      'the API version in the data (stable.example.com/v2) does not match the expected API version (stable.example.com/v1)',
    )
    send('POST', path, cronTab('a', spec))
    expect(send('PATCH', `${path}/a`, {}, 'application/strategic-merge-patch+json').code).toBe(415)
    expect(send('PUT', `${path}/a`, cronTab('a', spec)).body.message).toContain(
      'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    )
  })

  test('nothing of a hostile object or schema reaches a prototype', () => {
    const { send } = served()
    const text = JSON.parse('{"cronSpec":"* * * * *","free":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}')
    expect(send('POST', path, cronTab('a', text)).code).toBe(201)
    expect('polluted' in {}).toBe(false)
  })

  test('versions share their objects; a definition of v1beta1 reads back in both forms', () => {
    const { send } = newApi()
    const versions = [
      { name: 'v1', served: true, storage: true },
      { name: 'v1alpha1', served: true, storage: false },
      { name: 'v0', served: false, storage: false },
    ]
    const columns = [{ name: 'Spec', type: 'string', JSONPath: '.spec.cronSpec' }]
    const given = definition('v1beta1', { versions, additionalPrinterColumns: columns })
    expect(send('POST', definitions.replace('v1', 'v1beta1'), given).code).toBe(201)
    const name = '/crontabs.stable.example.com'
    const old = send('GET', `${definitions.replace('v1', 'v1beta1')}${name}`).body.spec
    expect(old).toMatchObject({ version: 'v1', preserveUnknownFields: true, additionalPrinterColumns: columns })
    expect(send('GET', `${definitions}${name}`).body.spec.versions[0]).toEqual({
      name: 'v1',
      served: true,
      storage: true,
      additionalPrinterColumns: [{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' }],
    })
    send('POST', path, cronTab('a', { anything: [1, { b: null }] }))
    const other = send('GET', `${path.replace('/v1/', '/v1alpha1/')}/a`).body
    expect(other).toMatchObject({ apiVersion: 'stable.example.com/v1alpha1', spec: { anything: [1, { b: null }] } })
    expect(send('GET', path.replace('/v1/', '/v0/')).code).toBe(404)
  })
})

function withCronTabs(): Sim {
  const sim = createSim({ journal: 'off' })
  sim.apply(cronTabs, cronTab('a', { cronSpec: '* * * * *' }))
  return sim
}

describe('C3 custom resources through kubectl', () => {
  test('they are Established, found under all their names and shown in their columns', () => {
    const sim = withCronTabs()
    sim.runFor('5s')
    expect(sim.kubectl('get ct').stdout).toBe('NAME   SPEC        REPLICAS   AGE\na      * * * * *   1          5s\n')
    expect(sim.kubectl('api-resources').stdout).toMatch(/^crontabs +ct +stable.example.com +true +CronTab$/m)
    expect(sim.kubectl('wait --for condition=established crd/crontabs.stable.example.com').exitCode).toBe(0)
    expect(sim.kubectl(['patch', 'crontab', 'a', '--type=merge', '-p', '{"spec":{"replicas":3}}']).stdout).toBe(
      'crontab.stable.example.com/a patched\n',
    )
    expect(sim.get('CronTab', 'a')).toMatchObject({ spec: { replicas: 3 }, metadata: { generation: 2 } })
  })

  test('they go with their definition, and with their namespace', () => {
    const sim = withCronTabs()
    sim.kubectl('create namespace other')
    sim.apply(cronTab('b', { cronSpec: '* * * * *' }, { metadata: { name: 'b', namespace: 'other' } }))
    sim.kubectl('delete namespace other --wait=false')
    sim.runFor('20s')
    expect(sim.kubectl('get ct -A').stdout).not.toContain('other')
    expect(sim.kubectl('get namespace other').exitCode).toBe(1)
    sim.kubectl('delete crd crontabs.stable.example.com')
    sim.runFor('1s')
    expect(sim.kubectl('get ct').exitCode).toBe(1)
    sim.apply(cronTabs)
    expect(sim.kubectl('get ct').stderr).toBe('No resources found in default namespace.\n')
  })

  test('a second definition of the same kind waits for its names', () => {
    const sim = withCronTabs()
    sim.runFor('1s')
    const other = JSON.parse(JSON.stringify(cronTabs).replaceAll('crontabs', 'tabs'))
    sim.apply(other)
    sim.runFor('1s')
    expect(sim.kubectl('get crd tabs.stable.example.com -o jsonpath={.status.conditions[0].message}').stdout).toBe(
      '"CronTab" is already in use',
    )
    expect(sim.kubectl('get tabs').exitCode).toBe(1)
  })
})

describe('what refusals of definitions show of their versions', () => {
  const told = (minor: number, versions: readonly object[]) => {
    const { server } = newApiServer({ minor })
    const spec = { group: 'x.io', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions }
    const answer = server.http({
      user: admin,
      method: 'POST',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'things.x.io' },
        spec,
      }),
    })
    if ('read' in answer) throw new Error('a create came as a stream')
    const { message = '' }: { message?: string } = JSON.parse(answer.body)
    return message
  }
  const schema = { openAPIV3Schema: { type: 'object' } }
  const version = { name: 'v1', served: true, storage: false, schema }
  const none = 'must have exactly one version marked as storage version'

  test.each([
    [
      29,
      'Invalid value: []apiextensions.CustomResourceDefinitionVersion{apiextensions.CustomResourceDefinitionVersion{Name:"v1", Served:true, Storage:false, Deprecated:false, DeprecationWarning:(*string)(nil), Schema:(*apiextensions.CustomResourceValidation)(nil), Subresources:(*apiextensions.CustomResourceSubresources)(nil), AdditionalPrinterColumns:[]apiextensions.CustomResourceColumnDefinition(nil)}}',
    ],
    [
      34,
      'Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]',
    ],
  ])('v1.%i: what all have alike is not theirs', (minor, shown) => {
    expect(told(minor, [version])).toContain(`spec.versions: ${shown}: ${none}`)
  })

  test('what they have of their own stands behind pointers', () => {
    const other = { ...version, name: 'v2', schema: { openAPIV3Schema: { type: 'object', description: 'x' } } }
    expect(told(29, [version, other])).toContain('Schema:(*apiextensions.CustomResourceValidation)(0xc000000000)')
  })

  test('from v1.34 on there are none as JSON', () => {
    expect(told(34, [])).toContain('status.storedVersions: Invalid value: null: must have at least one stored version')
    expect(told(34, [])).toContain(`spec.versions: Invalid value: []: ${none}`)
  })
})
