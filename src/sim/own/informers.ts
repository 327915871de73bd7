import type { Unsubscribable } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import { type Change, createInformer, type Informer, type InformerOptions } from '../../client/informer.ts'
import { Once, type Receiver } from '../../kernel/once.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { SimInformer } from './controller.ts'

/** An informer that lives as long as the scope. */
export function scopedInformer<T extends KubeObject>(
  scope: Scope,
  options: Omit<InformerOptions<T>, 'indexers'>,
): SimInformer<T> {
  const informer = createInformer<T>(options)
  scope.add({ unsubscribe: () => informer.stop() })
  informer.start()
  let queue: ChangeQueue<T> | undefined
  return {
    synced: informer.synced,
    get: (namespace, name) => informer.get(namespace, name),
    list: () => informer.list(),
    changes: informer.changes,
    next() {
      queue ??= new ChangeQueue(informer)
      return queue
    },
  }
}

/** Changes in the order in which they came, each for whoever asks next. */
class ChangeQueue<T extends KubeObject> extends Once<Change<T>> {
  private readonly changes: Change<T>[] = []
  private readonly waiting: Receiver<Change<T>>[] = []

  constructor(informer: Informer<T>) {
    super()
    informer.addHandler({
      add: (object) => this.put({ type: 'added', object }),
      update: (old, object) => this.put({ type: 'updated', old, object }),
      delete: (object) => this.put({ type: 'deleted', object }),
    })
  }

  override begin(receiver: Receiver<Change<T>>): Unsubscribable | undefined {
    const change = this.changes.shift()
    if (change !== undefined) {
      receiver.answered(change)
      return undefined
    }
    this.waiting.push(receiver)
    return {
      unsubscribe: () => {
        const at = this.waiting.indexOf(receiver)
        if (at !== -1) this.waiting.splice(at, 1)
      },
    }
  }

  private put(change: Change<T>): void {
    const receiver = this.waiting.shift()
    if (receiver === undefined) this.changes.push(change)
    else receiver.answered(change)
  }
}
