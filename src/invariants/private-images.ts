import { isObject } from '../api/json.ts'
import type { Pod } from '../api/types/core.ts'
import { fromBase64, utf8Text } from '../bytes/bytes.ts'
import type { RegistryCredential } from '../node/runtime/cri.ts'
import { secretBytes } from '../node/volumes/plugins/payload.ts'
import type { Invariant } from './invariant.ts'
import { objectOf, podText, type World } from './world.ts'

/** What holds for images that not everybody may have. */

/** A Pod shows what any revision of its pull Secrets has: which of them a kubelet read is its own affair. */
export const privateImages: Invariant = {
  id: 'S-32',
  sentence:
    'a private image is pulled only for a Pod that shows credentials, and no container is made of one that was never pulled',
  clauses: ['P1', 'R1'],
  watch(world, violated) {
    return {
      told(record) {
        if (record.type !== 'image.pulled' || record.detail.result !== 'ok') return
        const { image } = record.detail
        const pod = world.pods.get(record.object?.uid ?? '')
        if (pod === undefined || world.privateRepository === undefined) return
        const wanted = world.privateRepository(image)
        if (wanted === undefined || shown(world, pod).some((each) => fits(each, wanted.credentials))) return
        violated(`${image} was pulled for ${podText(pod)}, which shows nothing that opens it`, [objectOf(pod)])
      },
    }
  },
}

function fits({ username, password }: RegistryCredential, right: readonly RegistryCredential[] | 'any'): boolean {
  return right === 'any' || right.some((each) => each.username === username && each.password === password)
}

/** Whatever any revision of a Pod's pull Secrets says. */
function shown(
  world: World,
  { metadata: { namespace = '' }, spec: { imagePullSecrets = [] } }: Pod,
): readonly RegistryCredential[] {
  return imagePullSecrets.flatMap(({ name = '' }) =>
    (world.secrets.get(namespace, name)?.revisions ?? []).flatMap(({ secret }) =>
      [...secretBytes(secret)].flatMap(([key, bytes]) =>
        key.startsWith('.dockerc') ? credentialsIn(utf8Text(bytes)) : [],
      ),
    ),
  )
}

function credentialsIn(text: string): readonly RegistryCredential[] {
  const config = parsed(text)
  const entries = isObject(config.auths) ? config.auths : config
  return Object.values(entries).flatMap((entry) => {
    if (!isObject(entry)) return []
    const [user = '', ...rest] =
      typeof entry.auth === 'string' ? utf8Text(fromBase64(entry.auth) ?? new Uint8Array()).split(':') : []
    const plain = { username: String(entry.username ?? ''), password: String(entry.password ?? '') }
    return [plain, { username: user, password: rest.join(':') }]
  })
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
