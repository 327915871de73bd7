import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tries } from '../tries.ts'
import { admin } from './new-api-server.ts'
import { type Api, type Body, newApi, pod, pods } from './registry/api.ts'

const secrets = '/api/v1/namespaces/default/secrets'
const deployments = '/apis/apps/v1/namespaces/default/deployments'

function apply(api: Api, path: string, manager: string, body: object, force = false) {
  const query = `?fieldManager=${manager}${force ? '&force=true' : ''}`
  return api.send('PATCH', path + query, body, 'application/apply-patch+yaml')
}

function secret(metadata: object, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', ...metadata }, ...more }
}

/** Who owns what, in one line for each entry. */
function owners(object: Body): readonly string[] {
  return (object.metadata.managedFields ?? []).map(
    ({ manager, operation, subresource, fieldsV1 }: Body) =>
      `${manager} ${operation}${subresource === undefined ? '' : ` ${subresource}`} ${JSON.stringify(fieldsV1)}`,
  )
}

const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec })
const template = (...containers: object[]) => ({
  selector: { matchLabels: { a: 'b' } },
  template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
})

describe('C5: server-side apply', () => {
  test('containers, environment and ports have owners of their own; what one drops and nobody else has goes', () => {
    const api = newApi(36)
    const app = { name: 'app', image: 'a:1', ports: [{ containerPort: 80 }], env: [{ name: 'X', value: '1' }] }
    expect(apply(api, `${deployments}/d`, 'ci', deployment(template(app))).code).toBe(201)
    const side = { name: 'side', image: 's:1' }
    const both = { name: 'app', env: [{ name: 'Y', value: '2' }] }
    expect(apply(api, `${deployments}/d`, 'mesh', deployment(template(side, both))).code).toBe(200)
    const spec = () => api.send('GET', `${deployments}/d`).body.spec.template.spec
    // A new item stands where the configuration has it.
    const [second, first] = spec().containers
    expect([first.name, first.env, first.ports[0].protocol, second.name]).toEqual([
      'app',
      [
        { name: 'X', value: '1' },
        { name: 'Y', value: '2' },
      ],
      'TCP',
      'side',
    ])
    // The first one drops the port and a variable; the second one's stay.
    const less = { name: 'app', image: 'a:2' }
    expect(apply(api, `${deployments}/d`, 'ci', deployment(template(less))).code).toBe(200)
    const [side2, app2] = spec().containers
    expect([app2.image, app2.env, app2.ports, side2.name]).toEqual([
      'a:2',
      [{ name: 'Y', value: '2' }],
      undefined,
      'side',
    ])
    // And the second one goes with all that only it had.
    expect(apply(api, `${deployments}/d`, 'mesh', deployment(template({ name: 'app' }))).code).toBe(200)
    expect(spec().containers.map(({ name, env }: Body) => [name, env])).toEqual([['app', undefined]])
  })

  test('a conflict names each field with its owner, and force takes them', () => {
    const api = newApi(36)
    api.post(pods, pod('p', {}, { labels: { a: '1' } }))
    api.send('PATCH', `${pods}/p/status`, { status: { phase: 'Running' } }, 'application/merge-patch+json')
    const config = pod('p', { containers: [{ name: 'c', image: 'other' }] }, { labels: { a: '2' } })
    const refused = apply(api, `${pods}/p`, 'tool', config)
    expect(refused.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Apply failed with 2 conflicts: conflicts with "unknown" using v1:\n- .metadata.labels.a\n- .spec.containers[name="c"].image',
    })
    expect(refused.body.details.causes).toContainEqual({
      reason: 'FieldManagerConflict',
      message: 'conflict with "unknown" using v1',
      field: '.metadata.labels.a',
    })
    expect(apply(api, `${pods}/p`, 'tool', config, true).body.metadata.labels).toEqual({ a: '2' })
    const status = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { phase: 'Failed' } }
    expect(apply(api, `${pods}/p/status`, 'tool', status).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "unknown" with subresource "status" using v1: .status.phase',
    )
  })

  test('each endpoint owns what it writes from v1.22 on; before, all that differs', () => {
    const told = (minor: number) => {
      const api = newApi(minor)
      api.post(deployments, deployment({ replicas: 1, ...template({ name: 'c', image: 'i' }) }))
      const scale = {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd', namespace: 'default' },
        spec: { replicas: 3 },
      }
      api.send('PUT', `${deployments}/d/scale?fieldManager=hpa`, scale)
      api.send(
        'PATCH',
        `${deployments}/d/status?fieldManager=dc`,
        { status: { replicas: 3 } },
        'application/merge-patch+json',
      )
      return owners(api.send('GET', `${deployments}/d`).body).slice(1)
    }
    expect(told(36)).toEqual([
      'hpa Update scale {"f:spec":{"f:replicas":{}}}',
      'unknown Update {"f:spec":{"f:progressDeadlineSeconds":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}',
    ])
    expect(told(18)).toHaveLength(1)
  })

  test('what nobody was said to own belongs to who was there before the first apply', () => {
    const api = newApi(36)
    api.post(secrets, secret({}, { stringData: { a: '1' } }))
    api.send('PATCH', `${secrets}/s`, { metadata: { managedFields: [{}] } }, 'application/merge-patch+json')
    expect(owners(api.send('GET', `${secrets}/s`).body)).toEqual([])
    // Updates are not counted either, until somebody applies.
    api.send('PATCH', `${secrets}/s`, { metadata: { labels: { x: 'y' } } }, 'application/merge-patch+json')
    expect(owners(api.send('GET', `${secrets}/s`).body)).toEqual([])
    expect(owners(apply(api, `${secrets}/s`, 'tool', secret({}, { data: { b: 'Yg==' } })).body)).toEqual([
      'tool Apply {"f:data":{"f:b":{}}}',
      'before-first-apply Update {"f:data":{".":{},"f:a":{}},"f:metadata":{"f:labels":{".":{},"f:x":{}}},"f:type":{}}',
    ])
  })

  test('kubectl takes over what it applied from the client, but not what has changed since', () => {
    const told = (minor: number, value: string) => {
      const api = newApi(minor)
      const config = secret({ namespace: 'default' }, { data: { a: 'MQ==', b: 'MQ==' } })
      const annotation = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(config) }
      api.post(
        `${secrets}?fieldManager=kubectl-client-side-apply`,
        secret({ annotations: annotation }, { data: { a: 'MQ==', b: value } }),
      )
      return apply(api, `${secrets}/s`, 'kubectl', secret({}, { data: { a: 'Mg==', b: 'Mg==' } }))
    }
    expect(told(36, 'MQ==').code).toBe(200)
    expect(told(36, 'MQ==').body.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration':
        '{"apiVersion":"v1","data":{"a":"Mg==","b":"Mg=="},"kind":"Secret","metadata":{"name":"s"}}\n',
    })
    expect(told(36, 'Mw==').body.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.b',
    )
    expect(told(18, 'MQ==').body.message).toContain('Apply failed with 2 conflicts')
  })

  test('an apply that changes nothing writes nothing, a new co-owner is written, and dry runs leave no trace', () => {
    const api = newApi(36)
    const config = secret({}, { data: { a: 'MQ==' } })
    const version = (sent: ReturnType<typeof apply>) => sent.body.metadata.resourceVersion
    const first = version(apply(api, `${secrets}/s`, 'one', config))
    expect(version(apply(api, `${secrets}/s`, 'one', config))).toBe(first)
    expect(version(apply(api, `${secrets}/s`, 'two', config))).not.toBe(first)
    const dry = api.send('PATCH', `${secrets}/s?fieldManager=three&dryRun=All`, config, 'application/apply-patch+yaml')
    expect(owners(dry.body)).toHaveLength(3)
    expect(owners(api.send('GET', `${secrets}/s`).body)).toHaveLength(2)
  })

  test('the words of a version: kinds are checked from v1.28 on, objects are named from v1.23 on', () => {
    const told = (minor: number, body: object) => apply(newApi(minor), `${secrets}/s`, 'x', body).body.message
    const wrong = { ...secret({}), apiVersion: 'v2' }
    expect(told(36, wrong)).toBe('invalid object type: /v2, Kind=Secret')
    expect(told(18, wrong)).toBe(
      'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
    )
    expect(told(18, secret({}, { dat: 1 }))).toBe(
      'failed to create typed patch object: .dat: field not declared in schema',
    )
  })

  test('custom resources merge as their schema says', () => {
    const api = newApi(36)
    const list = {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, v: { type: 'integer' } } },
    }
    const spec = {
      type: 'object',
      properties: {
        keyed: { ...list, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
        plain: list,
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      },
    }
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
    api.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'vaults.ex.io' },
      spec: {
        group: 'ex.io',
        names: { plural: 'vaults', singular: 'vault', kind: 'Vault', listKind: 'VaultList' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    })
    const path = '/apis/ex.io/v1/namespaces/default/vaults/v'
    const vault = (given: object) => ({ apiVersion: 'ex.io/v1', kind: 'Vault', metadata: { name: 'v' }, spec: given })
    apply(api, path, 'one', vault({ keyed: [{ name: 'a', v: 1 }], plain: [{ name: 'a' }], tags: ['x'] }))
    const { body } = apply(api, path, 'two', vault({ keyed: [{ name: 'b', v: 2 }], tags: ['y'] }))
    expect(body.spec).toEqual({
      keyed: [
        { name: 'a', v: 1 },
        { name: 'b', v: 2 },
      ],
      plain: [{ name: 'a' }],
      tags: ['x', 'y'],
    })
    expect(owners(body)).toEqual([
      'one Apply {"f:spec":{"f:keyed":{"k:{\\"name\\":\\"a\\"}":{".":{},"f:name":{},"f:v":{}}},"f:plain":{},"f:tags":{"v:\\"x\\"":{}}}}',
      'two Apply {"f:spec":{"f:keyed":{"k:{\\"name\\":\\"b\\"}":{".":{},"f:name":{},"f:v":{}}},"f:tags":{"v:\\"y\\"":{}}}}',
    ])
    expect(apply(api, path, 'two', vault({ plain: [{ name: 'z' }] })).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.plain',
    )
    expect(apply(api, path, 'two', vault({ odd: 1 })).body.message).toBe(
      'failed to create typed patch object (/v; ex.io/v1, Kind=Vault): .spec.odd: field not declared in schema',
    )
  })
})

describe('who owns what after updates', () => {
  test('more than ten that update are put together, the oldest first', () => {
    const api = newApi(36)
    api.post(`${secrets}?fieldManager=m00`, secret({}))
    for (let i = 1; i <= 11; i++) {
      const labels = { [`l${i}`]: 'x' }
      api.send(
        'PATCH',
        `${secrets}/s?fieldManager=m${String(i).padStart(2, '0')}`,
        { metadata: { labels } },
        'application/merge-patch+json',
      )
    }
    const lines = owners(api.send('GET', `${secrets}/s`).body)
    expect(lines).toHaveLength(10)
    expect(lines[0]).toBe('ancient-changes Update {"f:metadata":{"f:labels":{".":{},"f:l1":{},"f:l2":{}}},"f:type":{}}')
  })

  test('a client may set the owners itself; what can’t be read counts as not said', () => {
    const api = newApi(36)
    api.post(secrets, secret({}, { data: { a: 'MQ==' } }))
    const entry = {
      manager: 'mine',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': {} },
    }
    const put = (managedFields: unknown) =>
      owners(api.send('PUT', `${secrets}/s`, secret({ managedFields }, { data: { a: 'MQ==' } })).body)
    expect(put([entry])).toEqual(['mine Update {"f:data":{}}'])
    expect(put([{ ...entry, operation: 'Wish' }])).toEqual(['mine Update {"f:data":{}}'])
    expect(put([{}])).toEqual([])
  })

  test('lists, tables, watches and deletions show them, too', () => {
    const api = newApi(36)
    api.post(secrets, secret({ finalizers: ['a/b'] }))
    const line = 'unknown Update {"f:metadata":{"f:finalizers":{".":{},"v:\\"a/b\\"":{}}},"f:type":{}}'
    expect(owners(api.send('GET', secrets).body.items[0])).toEqual([line])
    const chunks: string[] = []
    const stream = api.server.http({
      user: admin,
      method: 'GET',
      path: `${secrets}?watch=true`,
      headers: {},
      body: '',
    })
    if (!('read' in stream)) throw new Error('no stream')
    stream.read({ chunk: (text) => chunks.push(text), end: () => {} })
    expect(owners(api.send('DELETE', `${secrets}/s`).body)).toEqual([line])
    const gone = api.send('PATCH', `${secrets}/s`, { metadata: { finalizers: null } }, 'application/merge-patch+json')
    expect(owners(gone.body)).toEqual(['unknown Update {"f:type":{}}'])
    expect(chunks.map((text) => owners(JSON.parse(text).object))).toEqual([[line], [line], [line]])
  })

  test('looking at them in between changes nothing', () => {
    const values = fc.constantFrom(undefined, 'x', 'y')
    const step = fc.record({
      manager: fc.constantFrom('a', 'b'),
      isStatus: fc.boolean(),
      one: values,
      two: values,
      ready: fc.boolean(),
    })
    const emptied = (two: string | undefined, one: string | undefined) => ({
      ...{ manager: one === undefined && two === undefined ? 'b' : 'a', isStatus: false, one, two, ready: false },
    })
    const run = (steps: readonly Body[], looks: boolean) => {
      const api = newApi(36)
      api.post(pods, pod('p'))
      for (const { manager, isStatus, one, two, ready } of steps) {
        const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
        const body = isStatus
          ? { status: { message: one ?? null, reason: two ?? null, conditions } }
          : { metadata: { labels: { one: one ?? null, two: two ?? null } } }
        const path = `${pods}/p${isStatus ? '/status' : ''}`
        // Written as a component writes, whose answer nobody looks at.
        api.server.handle({
          user: admin,
          verb: 'patch',
          resource: { group: '', version: 'v1', resource: 'pods' },
          namespace: 'default',
          name: 'p',
          ...(isStatus ? { subresource: 'status' } : {}),
          patchType: 'application/merge-patch+json',
          body,
          fieldManager: manager,
        })
        if (looks) api.send('GET', path)
      }
      return owners(api.send('GET', `${pods}/p`).body)
    }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        expect(run(steps, true)).toEqual(run(steps, false))
      }),
      {
        numRuns: tries(60),
        // A map that goes and comes back.
        examples: [[[emptied('x', undefined), emptied(undefined, undefined), emptied(undefined, 'y')]]],
      },
    )
  })
})
