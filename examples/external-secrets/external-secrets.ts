import {
  attempt,
  type ControllerContext,
  type KubeObject,
  type Resource,
  resources,
  type Secret,
  type Steps,
  sleep,
  wait,
} from 'podsim'

/** A wish: the Secret of the same name holds what the store has under `key`, looked at every `refreshSeconds`. */
export interface ExternalSecret extends KubeObject {
  readonly spec: { readonly key: string; readonly refreshSeconds: number }
}

export const externalSecrets: Resource<ExternalSecret> = {
  group: 'example.com',
  version: 'v1',
  resource: 'externalsecrets',
}

/** A store outside of the cluster; undefined: it has no such key, or is not reached. */
export type Store = (key: string) => Readonly<Record<string, string>> | undefined

/** An operator as External Secrets is: it looks into the store in turns, and writes what has changed. */
export function externalSecretsOperator(store: Store) {
  return function* ({ client, informer, event, now }: ControllerContext): Steps<never> {
    const wishes = informer(externalSecrets)
    yield* wait(wishes.synced)
    const due = new Map<string, number>()
    for (;;) {
      for (const wish of wishes.list()) {
        const { uid = '', name, namespace = '' } = wish.metadata
        if ((due.get(uid) ?? 0) > now()) continue
        due.set(uid, now() + wish.spec.refreshSeconds * 1000)
        const values = store(wish.spec.key)
        if (values === undefined) {
          event(wish, 'Warning', 'UpdateFailed', `the store does not have ${wish.spec.key}`)
          continue
        }
        const stored = yield* attempt(client.get(resources.secrets, { namespace, name }))
        const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: values }
        const written = stored.ok
          ? isSame(stored.value, values)
            ? stored
            : yield* attempt(client.update(resources.secrets, { ...stored.value, data: {}, ...{ stringData: values } }))
          : yield* attempt(client.create(resources.secrets, manifest))
        if (written !== stored) event(wish, 'Normal', written.ok ? 'Updated' : 'UpdateFailed', `secret ${name}`)
      }
      yield* sleep('1s')
    }
  }
}

function isSame({ data = {} }: Secret, values: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(values)
  return keys.length === Object.keys(data).length && keys.every((key) => data[key] === btoa(values[key] ?? ''))
}
