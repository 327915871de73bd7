import { generateName } from '../api/generate-name.ts'
import type { Secret, ServiceAccount } from '../api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../bytes/bytes.ts'
import { type Client, type ObjectKey, resources } from '../client/client.ts'
import { cacheKey, type Informer, keyOf } from '../client/informer.ts'
import { isConflict, isNamespaceTerminating, isNotFound } from '../client/refusals.ts'
import type { Outcome, WorkQueue } from '../client/work-queue.ts'
import type { RandomStream } from '../kernel/random.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { type Controller, type ControllerContext, combine, createQueue } from './controller.ts'
import type { ControllerOptions } from './options.ts'

/** Source: core/v1 types.go, SecretTypeServiceAccountToken and the keys and annotations below it. */
const serviceAccountToken = {
  type: 'kubernetes.io/service-account-token',
  nameAnnotation: 'kubernetes.io/service-account.name',
  uidAnnotation: 'kubernetes.io/service-account.uid',
} as const

/** Source: tokens_controller.go, NewTokensController, maxRetries. */
const maxRetries = 10

/** Tries of an update that conflicts. Source: client-go util/retry, DefaultRetry. */
const conflictTries = 5

/**
 * Gives accounts their token Secrets, fills those made by hand, and removes those whose account is gone. Up to v1.23
 * every account gets one (O2); later only those made by hand are filled.
 * Source: pkg/controller/serviceaccount/tokens_controller.go; facts/apiserver.md 3.2.
 */
export function createTokensController(context: ControllerContext): Controller {
  return new Tokens(context).controller
}

/** A class, for its steps are generators: those of a closure would be made anew for each cluster. */
class Tokens {
  readonly controller: Controller
  readonly #client: Client
  readonly #rootCa: string
  readonly #signToken: ControllerOptions['signToken']
  readonly #random: RandomStream
  readonly #isAutomatic: boolean
  readonly #accounts: Informer<ServiceAccount>
  readonly #secrets: Informer<Secret>
  /** Tokens just made that the cache does not hold yet, by key. */
  readonly #made = new Map<string, Secret>()

  constructor(context: ControllerContext) {
    // It makes the credentials of all other controllers, so it runs as the manager itself.
    this.#client = context.clientFor('')
    this.#rootCa = context.options.rootCa
    this.#signToken = context.options.signToken
    this.#random = context.random.stream('controllers/tokens')
    this.#isAutomatic = !context.gates.LegacyServiceAccountTokenNoAutoGeneration
    const accounts = context.informer<ServiceAccount>(resources.serviceAccounts)
    const secrets = context.informer<Secret>(resources.secrets)
    this.#accounts = accounts
    this.#secrets = secrets
    secrets.addIndexer('tokenOf', (secret) => (isToken(secret) ? [tokenKey(secret)] : []))
    const informers = [accounts, secrets]
    const accountLoop = createQueue({ context, informers, sync: (key) => this.#syncAccount(key, accountLoop.queue) })
    const secretLoop = createQueue({ context, informers, sync: (key) => this.#syncSecret(key, secretLoop.queue) })
    const queueAccount = ({ metadata }: ServiceAccount): void =>
      accountLoop.queue.add(`${metadata.namespace}/${metadata.name}/${metadata.uid}`)
    accounts.addHandler({ add: queueAccount, update: (_old, account) => queueAccount(account), delete: queueAccount })
    const queueSecret = (secret: Secret): void => {
      if (secret.type !== serviceAccountToken.type) return
      this.#made.delete(keyOf(secret))
      const { namespace, name, uid, annotations = {} } = secret.metadata
      const account = annotations[serviceAccountToken.nameAnnotation] ?? ''
      const accountUid = annotations[serviceAccountToken.uidAnnotation] ?? ''
      secretLoop.queue.add([namespace, name, uid, account, accountUid].join('/'))
    }
    secrets.addHandler({ add: queueSecret, update: (_old, secret) => queueSecret(secret), delete: queueSecret })
    this.controller = combine(accountLoop.controller, secretLoop.controller)
  }

  *#syncAccount(key: string, queue: WorkQueue): Steps<Outcome> {
    const [namespace = '', name = '', uid = ''] = key.split('/')
    const account = yield* this.#findAccount({ namespace, name }, uid, false)
    let outcome: Outcome = 'done'
    if (account === 'none' || account === 'error') {
      const gone: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name, uid } }
      for (const secret of this.#tokensOf(gone)) if ((yield* this.#removeSecret(secret)) === 'retry') outcome = 'retry'
    } else if (this.#isAutomatic) outcome = yield* this.#ensureToken(account)
    return giveUp(queue, key, outcome)
  }

  *#syncSecret(key: string, queue: WorkQueue): Steps<Outcome> {
    const [namespace = '', name = '', uid = '', accountName = '', accountUid = ''] = key.split('/')
    const account = { namespace, name: accountName }
    const cached = this.#secrets.get(namespace, name) ?? this.#made.get(cacheKey(namespace, name))
    if (cached === undefined || cached.metadata.uid !== uid) {
      const owner = yield* this.#findAccount(account, accountUid, false)
      if (typeof owner !== 'string') yield* this.#removeReference(account, accountUid, name)
      return 'done'
    }
    const owner = yield* this.#findAccount(account, accountUid, true)
    if (owner === 'error') return giveUp(queue, key, 'retry')
    const outcome = owner === 'none' ? yield* this.#removeSecret(cached) : yield* this.#fillToken(owner, cached)
    return giveUp(queue, key, outcome)
  }

  *#findAccount(key: ObjectKey, uid: string, live: boolean): Steps<ServiceAccount | 'none' | 'error'> {
    const cached = this.#accounts.get(key.namespace, key.name)
    if (cached !== undefined && (uid === '' || cached.metadata.uid === uid)) return cached
    if (!live) return 'none'
    const found = yield* attempt(this.#client.get<ServiceAccount>(resources.serviceAccounts, key))
    if (!found.ok) return isNotFound(found.error) ? 'none' : 'error'
    return uid === '' || found.value.metadata.uid === uid ? found.value : 'none'
  }

  #tokensOf({ metadata }: ServiceAccount): readonly Secret[] {
    const key = `${metadata.namespace}/${metadata.name}/${metadata.uid}`
    const own = [...this.#made.values()].filter((secret) => tokenKey(secret) === key)
    return [...this.#secrets.byIndex('tokenOf', key), ...own]
  }

  #hasReferencedToken(account: ServiceAccount): boolean {
    const referenced = new Set(account.secrets?.map(({ name }) => name))
    return referenced.size > 0 && this.#tokensOf(account).some(({ metadata }) => referenced.has(metadata.name))
  }

  *#removeSecret({ metadata }: Secret): Steps<Outcome> {
    const { namespace = '', name, uid } = metadata
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    const gone = yield* attempt(this.#client.delete(resources.secrets, { namespace, name }, preconditions))
    return gone.ok || isNotFound(gone.error) || isConflict(gone.error) ? 'done' : 'retry'
  }

  *#ensureToken(cached: ServiceAccount): Steps<Outcome> {
    if (this.#hasReferencedToken(cached)) return 'done'
    const { namespace = '', name, uid = '' } = cached.metadata
    const live = yield* attempt(this.#client.get<ServiceAccount>(resources.serviceAccounts, { namespace, name }))
    if (!live.ok || live.value.metadata.resourceVersion !== cached.metadata.resourceVersion) return 'retry'
    const secretName = generateName(`${name}-token-`, this.#random)
    const token = this.#signToken({ namespace, serviceAccountName: name, serviceAccountUid: uid, secretName })
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: secretName,
        namespace,
        annotations: { [serviceAccountToken.nameAnnotation]: name, [serviceAccountToken.uidAnnotation]: uid },
      },
      type: serviceAccountToken.type,
      data: {
        token: base64Of(token),
        namespace: base64Of(namespace),
        ...(this.#rootCa === '' ? {} : { 'ca.crt': base64Of(this.#rootCa) }),
      },
    }
    const created = yield* attempt(this.#client.create<Secret>(resources.secrets, secret))
    if (!created.ok) return isNamespaceTerminating(created.error) ? 'done' : 'retry'
    // So that the update below does not look like one more account without a token.
    if (this.#secrets.get(namespace, secretName) === undefined) this.#made.set(keyOf(created.value), created.value)
    const added = yield* this.#addReference(live.value, secretName)
    if (added === 'added') return 'done'
    yield* this.#removeSecret(created.value)
    return added === 'failed' ? 'retry' : 'done'
  }

  *#addReference(account: ServiceAccount, secretName: string): Steps<'added' | 'dropped' | 'failed'> {
    const { namespace = '', name, uid } = account.metadata
    let current = account
    for (let tries = 1; ; tries++) {
      const next = { ...current, secrets: [...(current.secrets ?? []), { name: secretName }] }
      const updated = yield* attempt(this.#client.update<ServiceAccount>(resources.serviceAccounts, next))
      if (updated.ok) return 'added'
      if (isNotFound(updated.error)) return 'dropped'
      if (!isConflict(updated.error)) return 'failed'
      if (tries >= conflictTries) return 'dropped'
      const live = yield* attempt(this.#client.get<ServiceAccount>(resources.serviceAccounts, { namespace, name }))
      if (!live.ok) return isNotFound(live.error) ? 'dropped' : 'failed'
      if (live.value.metadata.uid !== uid || this.#hasReferencedToken(live.value)) return 'dropped'
      current = live.value
    }
  }

  *#removeReference(key: ObjectKey, uid: string, secretName: string): Steps<void> {
    for (let tries = 1; tries <= conflictTries; tries++) {
      const live = yield* attempt(this.#client.get<ServiceAccount>(resources.serviceAccounts, key))
      if (!live.ok || (uid !== '' && live.value.metadata.uid !== uid)) return
      const { secrets: references = [], ...rest } = live.value
      const left = references.filter(({ name }) => name !== secretName)
      if (left.length === references.length) return
      const next = left.length === 0 ? rest : { ...rest, secrets: left }
      const updated = yield* attempt(this.#client.update<ServiceAccount>(resources.serviceAccounts, next))
      if (updated.ok || !isConflict(updated.error)) return
    }
  }

  *#fillToken(account: ServiceAccount, cached: Secret): Steps<Outcome> {
    if (!needsFilling(cached, this.#rootCa === '' ? undefined : base64Of(this.#rootCa))) return 'done'
    const { namespace = '', name } = cached.metadata
    const live = yield* attempt(this.#client.get<Secret>(resources.secrets, { namespace, name }))
    if (!live.ok) return isNotFound(live.error) ? 'done' : 'retry'
    if (live.value.metadata.resourceVersion !== cached.metadata.resourceVersion) return 'done'
    const { name: serviceAccountName, uid: serviceAccountUid = '' } = account.metadata
    const claims = { namespace, serviceAccountName, serviceAccountUid, secretName: name }
    const { data = {}, metadata } = live.value
    const next: Secret = {
      ...live.value,
      metadata: {
        ...metadata,
        annotations: {
          ...metadata.annotations,
          [serviceAccountToken.nameAnnotation]: serviceAccountName,
          [serviceAccountToken.uidAnnotation]: serviceAccountUid,
        },
      },
      data: {
        ...data,
        ...(this.#rootCa === '' ? {} : { 'ca.crt': base64Of(this.#rootCa) }),
        namespace: data.namespace || base64Of(namespace),
        token: data.token || base64Of(this.#signToken(claims)),
      },
    }
    const updated = yield* attempt(this.#client.update<Secret>(resources.secrets, next))
    return updated.ok || isConflict(updated.error) || isNotFound(updated.error) ? 'done' : 'retry'
  }
}

function base64Of(text: string): string {
  return encodeBase64(utf8Bytes(text))
}

function giveUp(queue: WorkQueue, key: string, outcome: Outcome): Outcome {
  return outcome === 'retry' && queue.retries(key) >= maxRetries ? 'done' : outcome
}

function isToken(secret: Secret): boolean {
  return secret.type === serviceAccountToken.type
}

/** Namespace, name and uid of the account that a token is for. */
function tokenKey({ metadata }: Secret): string {
  const { namespace, annotations = {} } = metadata
  return `${namespace}/${annotations[serviceAccountToken.nameAnnotation]}/${annotations[serviceAccountToken.uidAnnotation]}`
}

function needsFilling({ data = {} }: Secret, ca: string | undefined): boolean {
  return (ca !== undefined && data['ca.crt'] !== ca) || !data.namespace || !data.token
}
