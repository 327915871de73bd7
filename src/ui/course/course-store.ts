import { type CourseStage, type CourseTurn, coursePasted, coursePressed } from './course-keys.ts'
import type { CourseState } from './course-state.ts'

/** What the course needs of the world outside. */
export interface CourseHost {
  /** What is to be said of the manifests of a file or folder; a problem with them too: it never rejects. */
  manifests(path: string): Promise<string>
}

/** The course without a screen: keys in, states out. */
export interface CourseStore {
  readonly state: () => CourseState
  readonly subscribe: (listener: () => void) => () => void
  press(key: string): void
  paste(text: string): void
}

/** A course that begins with a state. */
export function createCourse(first: CourseState, host: CourseHost, stage: () => CourseStage): CourseStore {
  let state = first
  const listeners = new Set<() => void>()
  const set = (next: CourseState): void => {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  }
  const take = ({ state: next, manifests }: CourseTurn): void => {
    set(next)
    if (manifests === undefined) return
    set({ ...state, notice: `looking through ${manifests} ...` })
    void host.manifests(manifests).then((text) =>
      set({
        ...state,
        notice: undefined,
        overlay: { kind: 'help', title: `my manifests: ${manifests}`, text, scroll: 0 },
      }),
    )
  }
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    press: (key) => take(coursePressed(state, key, stage())),
    paste: (text) => set(coursePasted(state, text)),
  }
}
