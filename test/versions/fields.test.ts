import { describe, expect, test } from 'vitest'
import { type Definition, schemaOf } from '../../src/api/schema/schema.ts'
import { createSim, type SimOptions } from '../../src/index.ts'
import { fieldDates } from '../../src/versions/fields.ts'

/** C10: objects have the fields of their version. */

const definitionsOf = (minor: number): ReadonlyMap<string, Definition> => {
  const schema = schemaOf(minor)
  const found = new Map<string, Definition>()
  for (const ref of schema.kinds) {
    const definition = schema.kind(ref)
    if (definition !== undefined) gather(definition, found)
  }
  return found
}

function gather(definition: Definition, found: Map<string, Definition>): void {
  if (found.has(definition.name)) return
  found.set(definition.name, definition)
  for (const { type } of definition.fields.values()) {
    let inner = type
    while (inner.kind === 'list' || inner.kind === 'map') inner = inner.kind === 'list' ? inner.items : inner.values
    if (inner.kind === 'object') gather(inner.definition, found)
  }
}

const fieldsOf = (minor: number, name: string): readonly string[] => [
  ...(schemaOf(minor).definition(`io.k8s.api.${name}`)?.fields.keys() ?? []),
]

describe('fields of the versions between v1.18 and v1.36', () => {
  test('each field that one of the two has and the other has not is dated', () => {
    const [old, young] = [definitionsOf(18), definitionsOf(36)]
    const undated = [...old].flatMap(([name, { fields }]) => {
      const other = young.get(name)?.fields
      if (other === undefined) return []
      const odd = [...fields.keys(), ...other.keys()].filter((each) => fields.has(each) !== other.has(each))
      return odd.filter((each) => fieldDates(name)[each] === undefined).map((each) => `${name}#${each}`)
    })
    expect(undated).toEqual([])
  })

  test.each([
    [19, 'core.v1.PodSpec', 'setHostnameAsFQDN'],
    [20, 'core.v1.ServiceSpec', 'clusterIPs'],
    [21, 'batch.v1.JobSpec', 'completionMode'],
    [22, 'apps.v1.StatefulSetSpec', 'minReadySeconds'],
    [23, 'core.v1.PodSpec', 'os'],
    [24, 'batch.v1.CronJobSpec', 'timeZone'],
    [27, 'core.v1.Container', 'resizePolicy'],
    [34, 'core.v1.EnvVarSource', 'fileKeyRef'],
  ])('v1.%i is the first with %s#%s, and every later one has it', (minor, definition, field) => {
    const having = Array.from({ length: 19 }, (_, i) => 18 + i).filter((each) =>
      fieldsOf(each, definition).includes(field),
    )
    expect(having).toEqual(Array.from({ length: 37 - minor }, (_, i) => minor + i))
  })

  test.each([
    [19, 'core.v1.ServiceSpec', 'ipFamily'],
    [21, 'core.v1.ServiceSpec', 'topologyKeys'],
  ])('v1.%i is the last with %s#%s', (minor, definition, field) => {
    expect(fieldsOf(minor, definition)).toContain(field)
    expect(fieldsOf(minor + 1, definition)).not.toContain(field)
  })

  test('fields stand where the struct has them, and are of the same version all the way down', () => {
    expect(fieldsOf(23, 'apps.v1.RollingUpdateDaemonSet')).toEqual(['maxUnavailable', 'maxSurge'])
    const spec = fieldsOf(23, 'core.v1.PodSpec')
    expect(spec.slice(spec.indexOf('setHostnameAsFQDN'))).toEqual(['setHostnameAsFQDN', 'os'])
    const volumes = schemaOf(23).definition('io.k8s.api.core.v1.Volume')?.fields.get('ephemeral')?.type
    const template = volumes?.kind === 'object' ? volumes.definition.fields.get('volumeClaimTemplate')?.type : undefined
    const claim = template?.kind === 'object' ? template.definition.fields.get('spec')?.type : undefined
    expect(claim?.kind === 'object' ? [...claim.definition.fields.keys()] : []).not.toContain(
      'volumeAttributesClassName',
    )
  })

  test('what the nearest recorded versions have is as it was recorded', () => {
    expect(fieldsOf(18, 'core.v1.PodSpec')).not.toContain('setHostnameAsFQDN')
    expect(fieldsOf(36, 'core.v1.PodSpec')).toContain('schedulingGroup')
  })
})

describe('a field whose gate is off', () => {
  const kept = (version: SimOptions['version'], set: object): unknown => {
    const sim = createSim({ version })
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], ...set },
    }
    const answer = sim.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      user: 'admin',
      groups: ['system:masters'],
      body: object,
    })
    if ('read' in answer) throw new Error('a stream')
    const { spec, message } = JSON.parse(answer.body) as { spec?: object; message?: string } // a Pod or a Status
    return message ?? Object.fromEntries(Object.keys(set).map((each) => [each, Reflect.get(spec ?? {}, each)]))
  }

  test.each<[SimOptions['version'], object, object]>([
    ['v1.23', { os: { name: 'linux' } }, { os: undefined }],
    ['v1.24', { os: { name: 'linux' } }, { os: { name: 'linux' } }],
    ['v1.32', { hostUsers: true }, { hostUsers: undefined }],
    ['v1.33', { hostUsers: true }, { hostUsers: true }],
  ])('%s: of %o stays %o', (version, set, expected) => {
    expect(kept(version, set)).toEqual(expected)
  })

  test('is read for its type all the same', () => {
    expect(kept('v1.23', { os: 'linux' })).toBe(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.os of type v1.PodOS',
    )
    expect(kept('v1.22', { os: 'linux' })).toEqual({ os: undefined })
  })
})

test('answers as text have their members in the order of the structs', () => {
  const sim = createSim({ version: 'v1.23' })
  const answer = sim.request({
    method: 'POST',
    path: '/api/v1/namespaces/default/secrets',
    user: 'admin',
    groups: ['system:masters'],
    body: {
      kind: 'Secret',
      apiVersion: 'v1',
      data: { b: 'eA==', a: 'eA==' },
      metadata: { labels: { a: 'b' }, name: 's' },
    },
  })
  if ('read' in answer) throw new Error('a stream')
  const secret = JSON.parse(answer.body) as { metadata: object; data: object } // what was created
  expect(Object.keys(secret)).toEqual(['kind', 'apiVersion', 'metadata', 'data', 'type'])
  expect(Object.keys(secret.data)).toEqual(['a', 'b'])
  expect(Object.keys(secret.metadata)).toEqual([
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'labels',
    'managedFields',
  ])
})
