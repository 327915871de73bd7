import { type Observable, Subject } from 'rxjs'

/** One step of a machine that runs on a node. `name`: of the volume, container or image; of a Pod worker its Pod's uid. */
export interface NodeMachineStep {
  readonly machine: 'kubelet' | 'podWorker' | 'volume' | 'container' | 'imagePull'
  /** Of the Pod that it belongs to; of the kubelet's own: ''. */
  readonly podUid: string
  readonly name: string
  readonly event: string
  /** After the step. */
  readonly state: string
}

/** Where the machines of one node tell their steps, for whoever looks on (`sim.states`, the player). Costs nothing unheard. */
export class StateFeed {
  readonly #steps = new Subject<NodeMachineStep>()

  get steps(): Observable<NodeMachineStep> {
    return this.#steps
  }

  tell(
    machine: NodeMachineStep['machine'],
    podUid: string,
    name: string,
    event: string,
    { state }: { readonly state: string },
  ): void {
    if (this.#steps.observed) this.#steps.next({ machine, podUid, name, event, state })
  }
}
