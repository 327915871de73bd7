import type { Event, Pod, Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { encodeBase64, utf8Text } from '../bytes/bytes.ts'
import { secretBytes } from '../node/volumes/plugins/payload.ts'
import type { Invariant } from './invariant.ts'
import { secretKey } from './secret-history.ts'
import { objectOf, type World } from './world.ts'

/** What is shorter occurs in names and messages by chance. */
const telltaleLength = 12
/** What is longer is a file, not a password. */
const longestTelltale = 4096
/** Of UTF-8, at most. */
const bytesOfACharacter = 4

const kubeletVolumes = /^\/var\/lib\/kubelet\/pods\/[^/]+\/volumes\/kubernetes\.io~(?:secret|projected)\//

export const keptInMemory: Invariant = {
  id: 'S-12',
  sentence:
    "a Secret's bytes are in the store, the node's cache, tmpfs and containers, never on disk, in events, statuses or the journal",
  clauses: ['R1', 'E2'],
  watch(world, violated) {
    const values = new Values(world)
    const checkText = (text: string | undefined, object: KubeObject, where: string): void => {
      if (text === undefined || text.length < telltaleLength) return
      if (values.isIn(text, object))
        violated(`${where} of ${object.kind} ${object.metadata.name} holds a value of a Secret`, [objectOf(object)])
    }
    return {
      written(resource, { type, object }) {
        if (resource === 'secrets' && type !== 'DELETED') values.add(object as Secret)
        // A probe's output and a container's own words are the container's to tell.
        if (resource === 'events' && type !== 'DELETED' && (object as Event).reason !== 'Unhealthy')
          checkText((object as Event).message, object, 'the message')
        if (resource === 'pods' && type === 'MODIFIED') {
          const { status = {} } = object as Pod
          checkText(status.message, object, 'the status')
          for (const { state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])])
            checkText(state?.waiting?.message, object, 'the status')
        }
      },
      fileChanged(node, { op, path }) {
        if ((op === 'write' || op === 'create') && kubeletVolumes.test(path) && !node.fs.isOnTmpfs(path))
          violated(`${path} on the disk of ${node.name}`)
      },
      told({ type, detail, object }) {
        if (detail === undefined) return
        for (const value of Object.values(detail))
          if (typeof value === 'string' && value.length >= telltaleLength && values.isIn(value, undefined))
            violated(`the record ${type} holds a value of a Secret`, object === undefined ? [] : [object])
      },
    }
  },
}

/** Secrets in the store never change, and those of a boot are in the stores of all that were copied from it. */
const telltales = new WeakMap<Secret, readonly string[]>()

/** Texts that tell of a Secret wherever they stand. */
function telltalesOf(secret: Secret): readonly string[] {
  const known = telltales.get(secret)
  if (known !== undefined) return known
  const texts = [...secretBytes(secret).values()].flatMap((bytes) => {
    // Certificates that everybody has are no secret.
    if (bytes.length > longestTelltale * bytesOfACharacter) return []
    const text = utf8Text(bytes)
    if (text.length < telltaleLength || text.length > longestTelltale || /^[-a-z0-9./:]*$/.test(text)) return []
    return [text, encodeBase64(bytes)]
  })
  telltales.set(secret, texts)
  return texts
}

/** The values that Secrets have now or had before, long enough to tell. */
class Values {
  readonly #texts = new Map<string, ReadonlySet<string>>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  add(secret: Secret): void {
    const key = secretKey(secret.metadata.namespace ?? '', secret.metadata.name)
    this.#texts.set(key, new Set([...(this.#texts.get(key) ?? []), ...telltalesOf(secret)]))
  }

  /** A text that the object's own spec holds, too, came from there. */
  isIn(text: string, object: KubeObject | undefined): boolean {
    for (const texts of this.#texts.values())
      for (const value of texts) if (text.includes(value) && !this.#isPublic(value, object)) return true
    return false
  }

  #isPublic(value: string, object: KubeObject | undefined): boolean {
    const involved = (object as Event | undefined)?.involvedObject
    const pod = involved?.uid === undefined ? object : this.#world.pods.get(involved.uid)
    const { spec } = (pod ?? {}) as { readonly spec?: object }
    return spec !== undefined && JSON.stringify(spec).includes(JSON.stringify(value).slice(1, -1))
  }
}
