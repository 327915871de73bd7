import { isObservable, Subscriber } from 'rxjs'
import type { ServiceAccount } from '../../api/types/core.ts'
import { controllerUserName } from '../../apiserver/actors.ts'
import { authenticatedGroup, privilegedGroup, serviceAccountUser } from '../../apiserver/auth/users.ts'
import type { UserInfo } from '../../client/client.ts'
import { createEventRecorder, type EventRecorder, referenceTo } from '../../client/event-recorder.ts'
import { errorText } from '../../client/refusals.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { OutsideRecord } from '../../cluster/outside-records.ts'
import { isBug, noteBug } from '../../kernel/bugs.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { EntryOf, JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import { Scope } from '../../kernel/scope.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { millisecondsOf } from '../input/formats.ts'
import { quoted } from '../input/words.ts'
import { find } from '../objects.ts'
import { SimUsageError } from '../usage-error.ts'
import type {
  ControllerBody,
  ControllerContext,
  ControllerHow,
  ControllerOptions,
  OwnController,
} from './controller.ts'
import { scopedInformer } from './informers.ts'
import { mistakeOf, type Owner, ownedBy } from './mistakes.ts'
import { ownSteps } from './own-steps.ts'

/** What controllers of somebody's own need of the simulation. */
export interface ControllerWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<OutsideRecord>
  readonly random: RandomStreams
  readonly cluster: Cluster
  readonly minor: number
  /** Virtual time as the simulation tells it. */
  readonly now: () => VirtualMs
}

/** Controllers of somebody's own. */
export interface OwnControllers {
  start(name: string, body: ControllerBody, options: ControllerOptions): OwnController
  /** Ends all of them: the simulation is over. */
  end(): void
}

export function createOwnControllers(world: ControllerWorld): OwnControllers {
  const known = new Map<string, Controller>()
  const scope = new Scope()
  return {
    start(name, body, options) {
      if (known.has(name)) throw new SimUsageError(`controller: there is a controller ${quoted(name)} already`)
      const controller = new Controller(world, scope, name, userOf(world.cluster, name, options), body)
      known.set(name, controller)
      controller.start()
      return controller
    },
    end() {
      for (const controller of known.values()) controller.retire()
      scope.end()
    },
  }
}

/** Without an account a controller may do everything, under a name that the journal tells as its own. */
function userOf({ controlPlane }: Cluster, name: string, { serviceAccount }: ControllerOptions): UserInfo {
  if (serviceAccount === undefined)
    return { name: controllerUserName(name), groups: [privilegedGroup, authenticatedGroup] }
  const slash = serviceAccount.indexOf('/')
  const namespace = slash === -1 ? 'default' : serviceAccount.slice(0, slash)
  const account = serviceAccount.slice(slash + 1)
  const found = find<ServiceAccount>(controlPlane.server, 'ServiceAccount', account, namespace)
  if (found !== undefined) return serviceAccountUser(namespace, account, found.metadata.uid)
  throw new SimUsageError(
    `controller: there is no ServiceAccount ${account} in namespace ${namespace} that ${name} could act as; apply it first`,
  )
}

/** One controller, through all of its starts. */
class Controller implements OwnController {
  readonly name: string
  state: OwnController['state'] = 'stopped'
  readonly #world: ControllerWorld
  readonly #user: UserInfo
  readonly #body: ControllerBody
  readonly #owner: Owner
  /** Of the simulation: also what waits for a restart is in it. */
  readonly #simulation: Scope
  #run = new Scope()

  constructor(world: ControllerWorld, simulation: Scope, name: string, user: UserInfo, body: ControllerBody) {
    this.name = name
    this.#world = world
    this.#simulation = simulation
    this.#user = user
    this.#body = body
    this.#owner = {
      name: `controller ${name}`,
      now: world.now,
      isDead: () => this.state === 'crashed',
      erred: () => this.#over('failed'),
    }
  }

  start(): void {
    if (this.state === 'running' || this.#simulation.isEnded) return
    const { kernel } = this.#world
    this.#run = this.#simulation.add(new Scope())
    this.state = 'running'
    this.#tell({ type: 'controller.start', detail: { name: this.name } })
    try {
      this.#begin(this.#contextOf(this.#run))
    } finally {
      kernel.cause = 0
    }
  }

  stop(): void {
    this.#over('stopped')
  }

  crash({ restartAfter }: { readonly restartAfter?: string | VirtualMs } = {}): void {
    this.#over('crashed')
    if (restartAfter === undefined) return
    const timer = this.#world.kernel.schedule(millisecondsOf(restartAfter), () => this.start())
    this.#simulation.add({ unsubscribe: () => timer.cancel() })
  }

  /** The simulation is over: it ends in order, but nobody is told. */
  retire(): void {
    if (this.state !== 'running') return
    this.state = 'stopped'
    ownedBy(this.#owner, () => this.#run.end())
  }

  #begin(context: ControllerContext): void {
    const owner = this.#owner
    const body = ownedBy(owner, () => this.#body(context))
    const run = this.#run
    if (isObservable(body) && !(body instanceof Once)) {
      run.add(body.subscribe(new Listening(owner, this.#ended(run))))
      return
    }
    const work = isObservable(body)
      ? // What is no generator is one of the streams that a controller may give.
        (body as Once<unknown>)
      : process(this.#world.kernel, () => ownSteps(owner, () => body))
    const begun = work.begin(this.#ended(run))
    if (begun !== undefined) run.add(begun)
  }

  /** How a run comes to its end by itself. */
  #ended(run: Scope): Ended {
    const isPresent = () => this.#run === run && this.state === 'running'
    return {
      answered: () => {
        if (isPresent()) this.#over('ended')
      },
      failed: (refusal) => {
        if (!isPresent()) return
        throw noteBug(
          mistakeOf(
            this.#owner,
            new SimUsageError(`it lets a refusal through (attempt takes it as data): ${refusalText(refusal)}`),
          ),
        )
      },
    }
  }

  #over(how: ControllerHow): void {
    if (this.state !== 'running') return
    this.state = how
    this.#tell({ type: 'controller.end', detail: { name: this.name, how } })
    this.#simulation.leave(this.#run)
    ownedBy(this.#owner, () => this.#run.end())
  }

  #contextOf(run: Scope): ControllerContext {
    const { kernel, calendar, random, cluster, minor, now } = this.#world
    const { controlPlane } = cluster
    const client = controlPlane.clientOf(this.#user, controlPlane.outside)
    const path = `controller/own/${this.name}`
    let events: EventRecorder | undefined
    return {
      name: this.name,
      client,
      informer: (resource, selection = {}) =>
        scopedInformer(run, {
          kernel,
          client,
          resource,
          minor,
          random: random.stream(`${path}/informer/${resource.resource}`),
          ...selection,
        }),
      log: (text) => this.#tell({ type: 'controller.log', detail: { name: this.name, text: String(text) } }),
      event: (about, type, reason, message) => {
        if (run.isEnded) return
        events ??= recorderFor(run, {
          kernel,
          calendar,
          client,
          minor,
          source: { component: this.name },
          random: random.stream(`${path}/events`),
        })
        events.event(referenceTo(about), type, reason, message)
      },
      now,
      epochNow: () => calendar.at(kernel.now()),
      random: random.stream(path),
    }
  }

  #tell(what: Told<ControllerEntry>): void {
    // Type and detail are of one row.
    this.#world.journal.append({ actor: `controller/${this.name}`, ...what } as ControllerEntry)
  }
}

type ControllerEntry = Extract<EntryOf<OutsideRecord>, { readonly type: `controller.${string}` }>

type Told<Entry extends ControllerEntry> = Entry extends ControllerEntry ? Pick<Entry, 'type' | 'detail'> : never

function recorderFor(run: Scope, options: Parameters<typeof createEventRecorder>[0]): EventRecorder {
  const recorder = createEventRecorder(options)
  run.add({ unsubscribe: () => recorder.stop() })
  return recorder
}

/** What the cluster refused, in words. */
function refusalText(refusal: unknown): string {
  // What is let through of requests is a RequestError; a body may throw anything that is no Error.
  const error = refusal as Parameters<typeof errorText>[0] | undefined
  return error?.kind === 'status' || error?.kind === 'network' ? errorText(error) : JSON.stringify(refusal)
}

interface Ended {
  answered(): void
  failed(refusal: unknown): void
}

/** A Subscriber of its own, which RxJS wraps no `try` around. */
class Listening extends Subscriber<unknown> {
  private readonly owner: Owner
  private readonly ended: Ended

  constructor(owner: Owner, ended: Ended) {
    super()
    this.owner = owner
    this.ended = ended
  }

  protected override _next(): void {}

  protected override _error(error: unknown): void {
    if (isBug(error)) throw noteBug(mistakeOf(this.owner, error))
    this.ended.failed(error)
  }

  protected override _complete(): void {
    this.ended.answered()
  }
}
