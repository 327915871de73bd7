import { expect, test } from 'vitest'
import { discoveryOf } from '../../../src/api/schema/discovery.ts'
import type { KubeObject } from '../../../src/api/types/meta.ts'
import { AdmissionTable, isAbout } from '../../../src/apiserver/admission/chain.ts'
import type { AdmissionLookup, AdmissionRequest } from '../../../src/apiserver/admission/plugin.ts'
import { admissionPlugins } from '../../../src/apiserver/admission/plugins/all.ts'
import type { RegistryContext } from '../../../src/apiserver/registry/strategy.ts'

const plugins = admissionPlugins({ podPreset: true })
const operations = ['CREATE', 'UPDATE', 'DELETE'] as const

/** Whoever asks anything of these did not let the write pass unseen. */
const lookup = new Proxy({}, { get: () => expect.unreachable('a plugin looked something up') }) as AdmissionLookup
const context = new Proxy({}, { get: () => expect.unreachable('a plugin asked for the version') }) as RegistryContext

const writes = [18, 36].flatMap((minor) =>
  discoveryOf(minor).resources.flatMap((resource) =>
    ['', ...resource.subresources.keys()].flatMap((subresource) =>
      operations.map((operation) => ({ resource, subresource, operation, kind: resource.kind })),
    ),
  ),
)

test.each(plugins)('$name lets pass as it is whatever its concerns leave out', ({ concerns, admit, validate }) => {
  const outside = writes.filter((write) => !(concerns?.some((concern) => isAbout(concern, write)) ?? true))
  const answers = outside.map((write) => {
    const old: KubeObject = { apiVersion: 'v1', kind: write.kind, metadata: { name: 'x', namespace: 'y' } }
    const object = write.operation === 'DELETE' ? undefined : old
    const user = { name: 'anybody', groups: [] }
    const request: AdmissionRequest = {
      ...write,
      user,
      namespace: 'y',
      name: 'x',
      object,
      oldObject: old,
      dryRun: false,
    }
    const admitted = admit?.(request, lookup, context) ?? { ok: true, object }
    return { write, object, admitted, refused: validate?.(request, lookup, context) }
  })
  // All in one: an expectation takes ten times as long as a plugin that has nothing to do.
  expect(answers).toEqual(
    answers.map(({ write, object }) => ({ write, object, admitted: { ok: true, object }, refused: undefined })),
  )
  expect(concerns === undefined || outside.length > 0).toBe(true)
})

test('a write passes the plugins that it concerns, in the order of the chain', () => {
  const table = new AdmissionTable(plugins)
  const pods = { group: '', version: 'v1', resource: 'pods' }
  const names = (operation: (typeof operations)[number], subresource = '') => {
    const { mutating, validating } = table.chain(pods, subresource, operation)
    return [mutating.map(({ name }) => name), validating.map(({ name }) => name)]
  }
  expect(names('UPDATE', 'status')).toEqual([['NamespaceLifecycle'], []])
  expect(names('CREATE')).toEqual([
    [
      'NamespaceLifecycle',
      'PodPreset',
      'LimitRanger',
      'ServiceAccount',
      'Priority',
      'DefaultTolerationSeconds',
      'RuntimeClass',
    ],
    ['LimitRanger', 'ServiceAccount', 'PodSecurity', 'Priority', 'RuntimeClass', 'ResourceQuota'],
  ])
})
