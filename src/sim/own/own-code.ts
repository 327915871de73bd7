import type { Work } from '../guard.ts'
import { addAdmissionHook } from './admission.ts'
import { type ControllerWorld, createOwnControllers } from './controllers.ts'

/** Code of somebody's own inside a simulation: what its calls do, and how all of it ends. */
export function createOwnCode(world: ControllerWorld): {
  readonly calls: Pick<Work, 'controller' | 'admission'>
  end(): void
} {
  const controllers = createOwnControllers(world)
  const { server } = world.cluster.controlPlane
  return {
    calls: {
      controller: (name, body, options = {}) => controllers.start(name, body, options),
      // What it is asked about has the shape of its resources.
      admission: (hook) => addAdmissionHook({ ...world, server }, hook as Parameters<typeof addAdmissionHook>[1]),
    },
    end: controllers.end,
  }
}
