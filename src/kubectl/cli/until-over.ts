import type { Steps } from '../../kernel/steps.ts'
import { exitSilently } from './failure.ts'
import type { Session } from './session.ts'
import { until } from './until.ts'

/** As long as somebody follows what does not end: a real kubectl would until ctrl-C, which nobody presses here. */
export const longestFollowMs = 4 * 60 * 60 * 1000

/** Waits for the end of what is followed or joined; one that does not come is told, and the command ends as after ctrl-C. */
export function* untilOver(session: Session, isOver: () => boolean, withinMs = longestFollowMs): Steps<void> {
  if (yield* until(session.host, isOver, withinMs)) return
  session.err('podsim: this has not ended within 4h of virtual time; stopped as by ctrl-C\n')
  exitSilently(interruptedCode)
}

/** 128 and SIGINT, as a shell shows it. */
const interruptedCode = 130
