import { changeOrReplace } from '../../api/change.ts'
import { equalJson } from '../../api/json.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import type { AdmissionPlugin, AdmissionRequest, Admitted, Concern } from '../../apiserver/admission/plugin.ts'
import { type WebhookDenial, webhookDenied } from '../../apiserver/admission/webhook-denied.ts'
import type { RunningApiServer } from '../../apiserver/create-api-server.ts'
import type { OutsideRecord } from '../../cluster/outside-records.ts'
import { isObject } from '../../go/json.ts'
import type { JournalObject, JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { quoted } from '../input/words.ts'
import type { Resource } from '../resources.ts'
import { SimUsageError } from '../usage-error.ts'
import { type Owner, ownedBy } from './mistakes.ts'
import { describeGiven } from './own-steps.ts'

/** A shape that may be written to. */
export type Writable<T> = T extends (...given: never[]) => unknown
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T

/** What an admission hook is asked about. */
export interface AdmissionAsked {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly user: { readonly name: string; readonly groups: readonly string[] }
  /** As it is stored; undefined at CREATE. */
  readonly oldObject: KubeObject | undefined
  readonly isDryRun: boolean
}

/** Code of one's own on the way into the store, as an admission webhook is. It answers at once: looking up is fine, waiting is not. */
export interface AdmissionHook<T extends KubeObject = KubeObject> {
  /** As in a webhook configuration: `inject.example.com`. Hooks run in the order of their names. */
  readonly name: string
  /** What it is asked about: every resource unless given. */
  readonly on?: Resource<T> | readonly Resource<T>[]
  /** CREATE and UPDATE unless given. */
  readonly operations?: readonly ('CREATE' | 'UPDATE' | 'DELETE')[]
  /** Changes the object in place, or gives another one. Not asked at DELETE. */
  mutate?(object: Writable<T>, asked: AdmissionAsked): KubeObject | undefined
  /** Lets it pass with true or nothing; a text says why not. At DELETE the object is the one that is to go. */
  validate?(object: T, asked: AdmissionAsked): true | undefined | string | WebhookDenial
}

/** A hook that is asked; `remove` ends that. */
export interface AdmissionHandle {
  remove(): void
}

/** What admission hooks need of the simulation. */
export interface AdmissionWorld {
  readonly kernel: Kernel
  readonly journal: JournalWriter<OutsideRecord>
  readonly server: RunningApiServer
  readonly now: () => VirtualMs
}

/** Puts a hook into the API server's admission chain. */
export function addAdmissionHook(world: AdmissionWorld, hook: AdmissionHook): AdmissionHandle {
  if (hook.mutate === undefined && hook.validate === undefined)
    throw new SimUsageError(`admission: the hook ${quoted(hook.name)} has neither mutate nor validate`)
  return { remove: world.server.addWebhook(new HookPlugin(world, hook)) }
}

class HookPlugin implements AdmissionPlugin {
  readonly name: string
  readonly isWebhook = true
  readonly concerns: readonly Concern[]
  readonly admit?: NonNullable<AdmissionPlugin['admit']>
  readonly validate?: NonNullable<AdmissionPlugin['validate']>
  readonly #world: AdmissionWorld
  readonly #hook: AdmissionHook
  readonly #owner: Owner

  constructor(world: AdmissionWorld, hook: AdmissionHook) {
    this.name = hook.name
    this.#world = world
    this.#hook = hook
    this.#owner = { name: `admission hook ${hook.name}`, now: world.now }
    const operations = hook.operations ?? (['CREATE', 'UPDATE'] as const)
    const resources = hook.on === undefined ? undefined : [hook.on].flat()
    this.concerns =
      resources === undefined
        ? [{ resource: '*', operations }]
        : resources.map(({ group, resource }) => ({
            resource: group === '' ? resource : `${resource}.${group}`,
            operations,
          }))
    if (hook.mutate !== undefined) this.admit = (request) => this.#mutated(request)
    if (hook.validate !== undefined) this.validate = (request) => this.#verdict(request)
  }

  #mutated(request: AdmissionRequest): Admitted {
    const { object } = request
    if (object === undefined) return { ok: true, object }
    const made = ownedBy(this.#owner, () => this.#made(object, request))
    if (equalJson(made, object)) return { ok: true, object }
    if (!request.dryRun) {
      const { actor, about, detail } = this.#told(request)
      this.#world.journal.append({
        actor,
        type: 'admission.mutated',
        object: about,
        detail,
        before: object,
        after: made,
      })
    }
    return { ok: true, object: made }
  }

  #made(object: KubeObject, request: AdmissionRequest): KubeObject {
    const made = changeOrReplace(object, (draft) => this.#hook.mutate?.(draft, askedOf(request)))
    if (isObject(made) && isObject(made.metadata)) return made as unknown as KubeObject // checked as far as is needed here
    throw new SimUsageError(`mutate gives ${describeGiven(made)}; expected an API object, or nothing`)
  }

  #verdict(request: AdmissionRequest): Status | undefined {
    const object = request.object ?? request.oldObject
    if (object === undefined) return undefined
    const denial = ownedBy(this.#owner, () => denialOf(this.#hook.validate?.(object, askedOf(request))))
    if (denial === undefined) return undefined
    const status = webhookDenied(this.name, denial)
    const { actor, about, detail } = this.#told(request)
    const { message = '' } = status
    this.#world.journal.append({ actor, type: 'admission.denied', object: about, detail: { ...detail, message } })
    return status
  }

  /** What each record of this hook has. */
  #told({ namespace, name, kind, operation }: AdmissionRequest) {
    const about: JournalObject = { kind, ...(namespace === '' ? {} : { namespace }), name }
    return { actor: `webhook/${this.name}`, about, detail: { hook: this.name, operation } }
  }
}

function denialOf(given: unknown): WebhookDenial | undefined {
  if (given === undefined || given === true) return undefined
  if (typeof given === 'string') return { message: given }
  if (isObject(given) && (typeof given.message === 'string' || typeof given.reason === 'string'))
    return given as WebhookDenial // what is of another type, it tells as it is
  throw new SimUsageError(
    `validate gives ${describeGiven(given)}; expected true or nothing, a text that says why not, or {message, reason?, code?}`,
  )
}

function askedOf({ operation, kind, namespace, name, user, oldObject, dryRun }: AdmissionRequest): AdmissionAsked {
  return {
    // Hooks are not asked about CONNECT.
    operation: operation as AdmissionAsked['operation'],
    kind,
    namespace,
    name,
    user: { name: user.name, groups: user.groups },
    oldObject,
    isDryRun: dryRun,
  }
}
