import { isObject } from '../api/json.ts'
import type { Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { fromBase64, utf8Text } from '../bytes/bytes.ts'
import type { Invariant } from './invariant.ts'
import { objectOf } from './world.ts'

/** What holds for the objects of the API, whoever writes them. */

export const increasingVersions: Invariant = {
  id: 'S-01',
  sentence: 'resource versions strictly increase over all writes: one write, one version',
  clauses: ['U1'],
  watch(_world, violated) {
    let last = -1
    return {
      written(_resource, { object, revision }) {
        if (revision <= last || object.metadata.resourceVersion !== String(revision))
          violated(`version ${object.metadata.resourceVersion} after ${last}`, [objectOf(object)])
        last = revision
      },
    }
  },
}

export const newIdentity: Invariant = {
  id: 'S-02',
  sentence: 'an object that is deleted and made again has a new uid',
  clauses: ['L6', 'I3'],
  watch(_world, violated) {
    const known = new Set<string>()
    return {
      written(_resource, { type, object }) {
        const { uid } = object.metadata
        if (type !== 'ADDED' || uid === undefined) return
        if (known.has(uid)) violated(`uid ${uid} was there before`, [objectOf(object)])
        known.add(uid)
      },
    }
  },
}

export const plainInput: Invariant = {
  id: 'S-03',
  sentence: 'stringData is never stored or returned, and wins over data where both name a key',
  clauses: ['S2', 'S3'],
  watch: (_world, violated) => ({
    written(resource, { object }) {
      if (resource === 'secrets' && 'stringData' in object) violated('stringData was stored', [objectOf(object)])
    },
    requested({ resource, verb, subresource }, answer, _before, body) {
      if (resource.resource !== 'secrets' || resource.group !== '' || !answer.ok || subresource !== undefined) return
      if ((verb !== 'create' && verb !== 'update') || !isObject(body) || !isObject(body.stringData)) return
      const stored = answer.object as Secret // the answer to a write of a Secret
      if ('stringData' in stored) violated('stringData was returned', [objectOf(stored)])
      for (const [key, text] of Object.entries(body.stringData)) {
        if (typeof text !== 'string') continue
        const bytes = fromBase64(stored.data?.[key] ?? '')
        if (bytes === undefined || utf8Text(bytes) !== text)
          violated(`key ${key} does not hold what stringData says`, [objectOf(stored)])
      }
    },
  }),
}

/** Source: pkg/apis/core/types.go, MaxSecretSize. */
const maxSecretBytes = 1024 * 1024

export const soundContent: Invariant = {
  id: 'S-04',
  sentence: 'the values of a Secret are base64 without newlines, and are at most 1 MiB together',
  clauses: ['S3', 'S4'],
  watch: (_world, violated) => ({
    written(resource, { type, object }) {
      if (resource !== 'secrets' || type === 'DELETED') return
      let bytes = 0
      for (const [key, text] of Object.entries((object as Secret).data ?? {})) {
        if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
          violated(`the value of ${key} is no base64`, [objectOf(object)])
        bytes += (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
      }
      if (bytes > maxSecretBytes) violated(`${bytes} bytes`, [objectOf(object)])
    },
  }),
}

export const soundNames: Invariant = {
  id: 'S-05',
  sentence: "a Secret's keys are letters, digits, '-', '_' and '.'; its name is a DNS subdomain",
  clauses: ['S3'],
  watch: (_world, violated) => ({
    written(resource, { type, object }) {
      if (resource !== 'secrets' || type === 'DELETED') return
      const { name } = object.metadata
      if (name.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name))
        violated(`the name ${JSON.stringify(name)}`, [objectOf(object)])
      for (const key of Object.keys((object as Secret).data ?? {}))
        if (key.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(key) || key === '.' || key.startsWith('..'))
          violated(`the key ${JSON.stringify(key)}`, [objectOf(object)])
    },
  }),
}

export const immutability: Invariant = {
  id: 'S-06',
  sentence: 'an immutable Secret never changes its data nor loses the flag',
  clauses: ['I2'],
  watch: (world, violated) => ({
    written(resource, { type, object, old }) {
      if (resource !== 'secrets' || type !== 'MODIFIED' || !world.gates.ImmutableEphemeralVolumes) return
      const [before, after] = [old as Secret, object as Secret]
      if (before.immutable !== true) return
      if (after.immutable !== true) violated('the flag is gone', [objectOf(object)])
      if (!sameData(before, after)) violated('the data changed', [objectOf(object)])
    },
  }),
}

function sameData({ data: a = {} }: Secret, { data: b = {} }: Secret): boolean {
  if (a === b) return true
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

export const conflicts: Invariant = {
  id: 'S-08',
  sentence: 'a write with an outdated resource version changes nothing and is answered with a conflict',
  clauses: ['U1'],
  watch: (_world, violated) => ({
    requested({ verb, subresource = '' }, answer, before, body) {
      if (verb !== 'update' || (subresource !== '' && subresource !== 'status') || !isObject(body)) return
      const { metadata } = body as Partial<KubeObject>
      const asked = metadata?.resourceVersion ?? ''
      if (before === undefined || asked === '' || asked === '0' || asked === before.metadata.resourceVersion) return
      if (answer.ok)
        violated(`version ${asked} replaced ${before.metadata.resourceVersion}`, [
          objectOf(answer.object as KubeObject),
        ])
    },
  }),
}
