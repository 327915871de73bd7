import { randomUuid } from '../../api/generate-name.ts'
import type { KubeObject, ObjectMeta } from '../../api/types/meta.ts'
import type { UserInfo } from '../../client/client.ts'
import { EventCount, EventRow } from '../../client/event-row.ts'
import type { ApiAnswer } from '../../client/server.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import { extended } from '../../kernel/extended.ts'
import { managerOf } from '../actors.ts'
import type { AdmissionChain } from '../admission/chain.ts'
import type { AdmissionRequest } from '../admission/plugin.ts'
import type { EncodedRequest } from '../encoded-request.ts'
import { endpointOf } from '../ownership/endpoints.ts'
import { Ownership, setOwnership } from '../ownership/ownership.ts'
import type { RegistryCore } from './core.ts'
import { hasSelfLinks, selfLinkOf } from './create.ts'
import { EventBook, type EventMaker, HeldEvent } from './event-book.ts'
import { eventStrategy } from './kinds/event.ts'
import type { ServedResource } from './resource-table.ts'

/** Plugins to whom one Event is as another: they ask for namespace and user alone. */
const lookPastEvents: ReadonlySet<string> = new Set(['NamespaceLifecycle', 'NodeRestriction', 'ResourceQuota'])

/**
 * Takes in Events of recorders as the rows that they are. What `createObject` would do for one comes down to a uid and an instant:
 * a recorder's Event is valid, lies in the namespace of what it is about, and nobody changes it on its way in. Whatever is
 * different about one is for `createObject` to find out.
 */
export class EventRows {
  readonly #core: RegistryCore
  readonly #book = new EventBook()
  /** By who writes. */
  readonly #makers = new Map<string, EventMaker>()
  /** The chains that were looked at last, and whether all of one looks past Events. */
  readonly #chains = { CREATE: new LookedPast(), UPDATE: new LookedPast() }
  readonly #asked: { -readonly [K in keyof AdmissionRequest]: AdmissionRequest[K] }

  constructor(core: RegistryCore) {
    this.#core = core
    const { resource, kind } = eventStrategy
    const nobody: UserInfo = { name: '', groups: [] }
    const place = { subresource: '', namespace: '', name: '' }
    const objects = { object: undefined, oldObject: undefined, dryRun: false }
    this.#asked = { operation: 'CREATE', user: nobody, resource, kind, ...place, ...objects }
  }

  /** Stores what is to be created; undefined: it has to go the long way. */
  answer(
    served: ServedResource,
    { body, namespace, user, fieldManager, dryRun }: EncodedRequest,
  ): ApiAnswer | undefined {
    if (!(body instanceof EventRow) || dryRun === true || body.namespace !== namespace) return undefined
    const { collection, strategy, isConverted } = served
    if (strategy !== eventStrategy || isConverted || !this.#admits('CREATE', served, user, body)) return undefined
    if (collection.held(namespace, body.name) !== undefined) return undefined
    const { uids, context } = this.#core
    const maker = this.#makerFor(served, fieldManager ?? managerOf(user.name))
    const held = this.#book.add(maker, body, randomUuid(uids), context.kernel.now())
    collection.hold(held)
    return { ok: true, code: 201, object: held }
  }

  /** Stores what is told anew of one that is stored as a row; undefined: it has to go the long way. */
  recounted(served: ServedResource, request: EncodedRequest): ApiAnswer | undefined {
    const { body, namespace = '', name = '', user, fieldManager, dryRun } = request
    if (!(body instanceof EventCount) || dryRun === true) return undefined
    const { collection, strategy, isConverted } = served
    if (strategy !== eventStrategy || isConverted) return undefined
    const old = collection.held(namespace, name)
    if (!(old instanceof HeldEvent) || !old.isOf(fieldManager ?? managerOf(user.name))) return undefined
    const before = old.said
    const said = before.recounted(body.row)
    // What says nothing new is not written.
    if (said.count === before.count || !this.#admits('UPDATE', served, user, said)) return undefined
    const held = this.#book.addAnew(old, said, this.#core.context.kernel.now())
    collection.holdOver(held, old)
    return { ok: true, code: 200, object: held }
  }

  #admits(operation: 'CREATE' | 'UPDATE', { info }: ServedResource, user: UserInfo, row: EventRow): boolean {
    const { admission, lookup, context } = this.#core
    const chain = admission.chain(info, '', operation)
    if (!this.#chains[operation].is(chain)) return false
    const asked = this.#asked
    asked.operation = operation
    asked.user = user
    asked.namespace = row.namespace
    for (const plugin of chain.mutating) if (!plugin.admit(asked, lookup, context).ok) return false
    return chain.validating.every((plugin) => plugin.validate(asked, lookup, context) === undefined)
  }

  #makerFor(served: ServedResource, manager: string): EventMaker {
    let maker = this.#makers.get(manager)
    if (maker === undefined) {
      maker = new MakerOf(this.#core, served, manager)
      this.#makers.set(manager, maker)
    }
    return maker
  }
}

/** What was found out of the last chain. */
class LookedPast {
  #chain: AdmissionChain | undefined
  #isLookedPast = false

  /** Whether all plugins of the chain look past Events. */
  is(chain: AdmissionChain): boolean {
    if (chain !== this.#chain) {
      this.#chain = chain
      this.#isLookedPast = [...chain.mutating, ...chain.validating].every(({ name }) => lookPastEvents.has(name))
    }
    return this.#isLookedPast
  }
}

/** The request with the object of the row that is its body, if it is one. */
export function withObject(request: EncodedRequest): EncodedRequest {
  return request.body instanceof EventRow ? extended(request, { body: request.body.object }) : request
}

/** Makes objects of rows that one manager wrote. */
class MakerOf implements EventMaker {
  readonly #core: RegistryCore
  readonly #served: ServedResource
  readonly manager: string

  constructor(core: RegistryCore, served: ServedResource, manager: string) {
    this.#core = core
    this.#served = served
    this.manager = manager
  }

  /** As `createObject` makes it, down to the order of members, and patches that tell its count leave it. */
  objectOf({ said, namespace, name, uid, createdAt, at, revision }: HeldEvent): KubeObject {
    const [core, served] = [this.#core, this.#served]
    const metadata: ObjectMeta = {
      name,
      namespace,
      ...(hasSelfLinks(core) ? { selfLink: selfLinkOf(served, namespace, name) } : {}),
      uid,
      creationTimestamp: rfc3339(core.context.calendar.at(createdAt)),
      resourceVersion: String(revision),
    }
    const after = served.collection.keep({ ...said.object, metadata })
    const endpoint = endpointOf(core, { served, subresource: '', manager: this.manager })
    return setOwnership(after, Ownership.written({ previous: undefined, endpoint, before: undefined, after, at }))
  }
}
