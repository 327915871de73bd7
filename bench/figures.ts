import { apiserverFigures } from './apiserver.ts'
import { engineFigures } from './engine.ts'
import { idleFigures } from './idle.ts'
import { kernelFigures } from './kernel.ts'
import type { Figure } from './measure.ts'
import { playerFigures } from './player.ts'
import { podFigures } from './pods.ts'
import { rotationFigures } from './rotations.ts'
import { scenarioFigures } from './scenarios.ts'
import { startupFigures } from './startup.ts'

export const figures: readonly Figure[] = [
  ...engineFigures,
  ...kernelFigures,
  ...apiserverFigures,
  ...podFigures,
  ...idleFigures,
  ...rotationFigures,
  ...startupFigures,
  ...scenarioFigures,
  ...playerFigures,
]
